import ProtoSchema
import Protobuf
import SwiftEmitter
import Testing

@Suite("Swift from descriptors")
struct EmitterTests {
    /// The Swift for `a.proto`, which has that text after its syntax line, in a module called `Own`.
    static func swift(
        _ text: String, others: [String: String] = [:], modules: [String: String] = [:], file: String = "a.proto"
    ) throws -> String {
        var sources = others.mapValues { "syntax = \"proto3\";\n" + $0 }
        sources["a.proto"] = "syntax = \"proto3\";\n" + text
        let result = Compiler(sources: sources).compile(sources.keys.sorted())
        try #require(!result.hasErrors, "\(result.diagnostics)")
        let pool = try DescriptorPool(result.files)
        return try emit(try #require(pool.file(named: file)), in: pool, modules: modules, module: "Own")
    }

    struct Declaration: Sendable, CustomTestStringConvertible {
        let proto: String
        let swift: String

        init(_ proto: String, _ swift: String) {
            self.proto = proto
            self.swift = swift
        }

        var testDescription: String { proto }
    }

    static let fields: [Declaration] = [
        Declaration("int32 a = 1;", "public var a: Swift.Int32 = 0"),
        Declaration("string display_name = 1;", "public var displayName: Swift.String = \"\""),
        Declaration("bytes b = 1;", "public var b: [Swift.UInt8] = []"),
        Declaration("optional bool b = 1;", "public var b: Swift.Bool?"),
        Declaration("repeated double d = 1;", "public var d: [Swift.Double] = []"),
        Declaration("map<string, uint64> m = 1;", "public var m: Protobuf.Map<Swift.String, Swift.UInt64> = [:]"),
        Declaration("map<int32, Other> m = 1;", "public var m: Protobuf.Map<Swift.Int32, Other> = [:]"),
        Declaration("Other o = 1;", "public var o: Other?"),
        Declaration("E e = 1;", "public var e: E = E()"),
        Declaration("optional E e = 1;", "public var e: E?"),
        Declaration("M m = 1;", "@Protobuf.Boxed public var m: M?"),
        Declaration("repeated M m = 1;", "public var m: [M] = []"),
        Declaration("Cycle c = 1;", "@Protobuf.Boxed public var c: Cycle?"),
        Declaration("oneof one_of { M m = 1; string s = 2; }", "public var oneOf: OneOf?"),
        Declaration("oneof one_of { M m = 1; string s = 2; }", "indirect case m(M)"),
        Declaration("oneof one_of { M m = 1; string s = 2; }", "case s(Swift.String)"),
        Declaration("oneof x { string s = 2; } message X {}", "public var x: XOneof?"),
        Declaration("string request_id = 1;", "public var requestID: Swift.String"),
        Declaration("string id = 1;", "public var id: Swift.String"),
        Declaration("repeated string photo_urls = 1;", "public var photoURLs: [Swift.String]"),
        Declaration("int32 URL = 1;", "public var url: Swift.Int32"),
        Declaration("int32 SOME_NAME = 1;", "public var someName: Swift.Int32"),
        Declaration("int32 class = 1;", "public var `class`: Swift.Int32"),
        Declaration("int32 init = 1;", "public var init_: Swift.Int32"),
        Declaration("int32 self = 1;", "public var self_: Swift.Int32"),
        Declaration("int32 unknown_fields = 1;", "public var unknownFields_: Swift.Int32"),
        Declaration("int32 hash_value = 1;", "public var hashValue_: Swift.Int32"),
        Declaration("Type t = 1; message Type {}", "public struct Type_: Protobuf.Message {"),
        Declaration("Bool b = 1; enum Bool { X = 0; }", "public var b: M.Bool = M.Bool()"),
        Declaration("message Other {} .Other o = 1;", "public var o: Own.Other?"),
    ]

    @Test("Fields become properties", arguments: fields)
    func fieldDeclarations(_ example: Declaration) throws {
        let swift = try EmitterTests.swift(
            "message M { \(example.proto) } message Other {} enum E { NONE = 0; } message Cycle { M m = 1; }")
        #expect(swift.contains("    \(example.swift)"), "\(swift)")
    }

    static let values: [Declaration] = [
        Declaration("LEAD_STATUS_NEW", "new"), Declaration("LEAD_STATUS_OPTED_OUT", "optedOut"), Declaration("LEADSTATUS_NEW", "new"),
        Declaration("NEW", "new"), Declaration("LEAD_STATUS", "leadStatus"), Declaration("LEAD_STATUS_2", "leadStatus2"),
        Declaration("LEAD_STATUS_DEFAULT", "`default`"), Declaration("LEAD_STATUS_INIT", "init_"), Declaration("LEAD_STATUS_SELF", "self_"),
        Declaration("LEAD_STATUSES", "leadStatuses"),
    ]

    @Test("Enum values lose the enum's name and its capitals", arguments: values)
    func enumValues(_ example: Declaration) throws {
        let swift = try EmitterTests.swift("enum LeadStatus { ZERO = 0; \(example.proto) = 7; }")
        #expect(swift.contains("    public static var \(example.swift): Self { Self(rawValue: 7) }"), "\(swift)")
    }

    @Test("Names that Swift would spell alike are told apart")
    func collisions() throws {
        let values = try EmitterTests.swift("enum E { option allow_alias = true; E_A_B = 0; E_AB = 1; AB = 1; }")
        #expect(values.contains("var aB: Self { Self(rawValue: 0) }"))
        #expect(values.contains("var ab: Self { Self(rawValue: 1) }"))
        #expect(values.contains("var ab_2: Self { Self(rawValue: 1) }"))
        let oneof = try EmitterTests.swift("message M { int32 the_kind = 1; oneof theKind { int32 b = 2; } }")
        #expect(oneof.contains("public var theKind: Swift.Int32 = 0"))
        #expect(oneof.contains("public var theKind_oneof: TheKind?"))
    }

    static let service = """
        message Q {} message R {}
        // What it is for.
        service Greeter {
          // Says hello.
          rpc SayHello(Q) returns (R);
          rpc Export(Q) returns (stream R);
          rpc Import(stream Q) returns (R);
          rpc Talk(stream Q) returns (stream R);
        }
        """

    @Test("A service is a protocol, its methods, its routes and a client")
    func serviceParts() throws {
        let swift = try EmitterTests.swift(EmitterTests.service)
        for line in [
            "/// What it is for.\npublic protocol Greeter: RPC.Service {",
            "    /// Says hello.\n    func sayHello(_ request: Q, _ call: RPC.Call) async throws -> R",
            "    func export(_ request: Q, _ call: RPC.Call, _ replies: RPC.Outbound<R>) async throws\n",
            "    func `import`(_ requests: RPC.Inbound<Q>, _ call: RPC.Call) async throws -> R",
            "    func talk(_ requests: RPC.Inbound<Q>, _ call: RPC.Call, _ replies: RPC.Outbound<R>) async throws\n",
            "    public static let sayHello = RPC.Method<Q, R>(service: \"Greeter\", name: \"SayHello\", kind: .unary)",
            "            .init(GreeterMethods.sayHello) { call, messages in "
                + "try messages.reply(try await self.sayHello(try messages.request(Q.self), call)) },",
            "            .init(GreeterMethods.talk) { call, messages in "
                + "try await self.talk(messages.requests(Q.self), call, messages.replies(R.self)) },",
            "public struct GreeterClient: Swift.Sendable {",
            "public import RPC",
        ] {
            #expect(swift.contains(line), "\(line)")
        }
    }

    @Test("A unary method takes at most 12 lines, client and server together")
    func linesPerMethod() throws {
        func lines(_ count: Int) throws -> Int {
            let methods = (0..<count).map { "rpc Method\($0)(Q) returns (Q);" }.joined()
            return try EmitterTests.swift("message Q {} service S { \(methods) }").split(separator: "\n", omittingEmptySubsequences: false)
                .count
        }
        #expect(try lines(11) - lines(1) <= 120)
    }

    @Test("Comments become doc comments, line for line")
    func comments() throws {
        let swift = try EmitterTests.swift(
            """
            // One.
            //
            //   Two.
            message M {
              /* Block
                 of two. */
              int32 a = 1; // After.
            }
            """)
        #expect(swift.contains("/// One.\n///\n///   Two.\npublic struct M: Protobuf.Message {"))
        #expect(
            swift.contains("    /// Block\n    /// of two.\n    ///\n    /// After.\n    public var a") || swift.contains("    /// of two.")
        )
    }

    @Test("Modules whose types are used are imported publicly, the others only for their descriptors")
    func imports() throws {
        let others = ["b.proto": "message B {}", "c.proto": "message C {}", "d.proto": "message D {}"]
        let swift = try EmitterTests.swift(
            #"import "b.proto"; import "c.proto"; import "d.proto"; message A { B b = 1; D d = 2; }"#, others: others,
            modules: ["b.proto": "Foreign", "c.proto": "Elsewhere"])
        #expect(swift.contains("\n\nimport Elsewhere\npublic import Foreign\npublic import Protobuf\n\n"))
        #expect(swift.contains("public var b: Foreign.B?"))
        #expect(swift.contains("public var d: D?"))
        #expect(swift.contains("imports: { [.b, .c, .d] }"))
    }

    @Test("Two packages with a name in common get a name space each, in one module only")
    func namespaces() throws {
        let others = ["b.proto": "package p.v2; message A {}", "c.proto": "package q; message C {}"]
        let first = try EmitterTests.swift("package p.v1; message A { A again = 1; }", others: others)
        #expect(first.contains("public enum PV1 {}\n\nextension PV1 {\n    public struct A: Protobuf.Message {"))
        #expect(first.contains("@Protobuf.Boxed public var again: PV1.A?"))
        let bare = try EmitterTests.swift("package p.v1; message A {}", others: others, file: "c.proto")
        #expect(bare.contains("\npublic struct C: Protobuf.Message {"))
        let apart = try EmitterTests.swift("package p.v1; message A {}", others: others, modules: ["b.proto": "Foreign"])
        #expect(apart.contains("\npublic struct A: Protobuf.Message {"))
    }

    @Test("The descriptor is embedded whole, its source info only where there are comments")
    func embeddedDescriptor() throws {
        let swift = try EmitterTests.swift("// Doc.\nmessage M { int32 a = 1; }")
        let text = try #require(swift.split(separator: "base64: \"").last).prefix { $0 != "\"" }
        let bytes = try #require(Base64.decode(String(text)))
        let file = try FileDescriptorProto(decoding: bytes)
        #expect(file.name == "a.proto")
        #expect(file.messageType.map(\.name) == ["M"])
        #expect(file.sourceCodeInfo?.location.compactMap(\.leadingComments) == [" Doc.\n"])
        #expect(file.sourceCodeInfo?.location.count == 1)
    }

    @Test("The same input gives the same text")
    func determinism() throws {
        let texts = try (0..<5).map { _ in try EmitterTests.swift(EmitterTests.service) }
        #expect(Set(texts).count == 1)
    }

    @Test("A type that no file declares is an error, not a guess")
    func missingType() throws {
        var file = FileDescriptorProto()
        file.name = "a.proto"
        file.syntax = "proto3"
        file.messageType = [DescriptorProto.with { $0.name = "M" }]
        let pool = try DescriptorPool([file])
        file.messageType.append(DescriptorProto.with { $0.name = "N" })
        let error = #expect(throws: EmitError.self) { try emit(file, in: pool, modules: [:], module: "Own") }
        #expect(error?.description == "The message N is not in the pool.")
    }
}
