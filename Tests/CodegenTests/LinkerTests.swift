@testable import ProtoSchema
import Protobuf
import Testing

@Suite("Linker")
struct LinkerTests {
    private func field(_ member: String, rest: String = "", with others: [String: String] = [:]) throws -> FieldDescriptorProto {
        let imports = others.keys.sorted().map { "import \"\($0)\";" }.joined(separator: "\n")
        let file = try Workspace.descriptor(
            of: "syntax = \"proto3\"; package p.q; \(imports)\nmessage M { \(member) } \(rest)", with: others)
        return try #require(file.messageType.first?.field.first)
    }

    @Test(
        "Names are looked for from the inside out",
        arguments: [
            ("N f = 1; message N {}", "message N {}", ".p.q.M.N"),
            ("N f = 1;", "message N {}", ".p.q.N"),
            ("q.N f = 1;", "message N {}", ".p.q.N"),
            ("p.q.N f = 1; message N {}", "message N {}", ".p.q.N"),
            (".p.q.N f = 1; message N {}", "message N {}", ".p.q.N"),
            ("M.N f = 1; message N {}", "message N {}", ".p.q.M.N"),
            ("N N = 1;", "message N {}", ".p.q.N"),
            ("E f = 1;", "enum E { Z = 0; }", ".p.q.E"),
        ])
    func scoping(member: String, rest: String, type: String) throws {
        #expect(try field(member, rest: rest).typeName == type)
    }

    @Test("A public import hands its types on, a plain one does not")
    func publicImports() throws {
        let others = [
            "a.proto": "syntax = \"proto3\"; import public \"b.proto\";",
            "b.proto": "syntax = \"proto3\"; package b; import \"c.proto\"; message B { c.C c = 1; }",
            "c.proto": "syntax = \"proto3\"; package c; message C {}",
        ]
        let head = "syntax = \"proto3\"; import \"a.proto\"; message M { "
        #expect(Workspace.messages(of: head + "b.B f = 1; }", with: others) == [])
        #expect(
            Workspace.messages(of: head + "b.B f = 1; c.C g = 2; }", with: others)
                == ["\"c.C\" is defined in \"c.proto\", which this file does not import"])
    }

    @Test("A package of an imported file opens the way to its types")
    func sharedPackage() throws {
        let others = ["a.proto": "syntax = \"proto3\"; package p.other; message A {}"]
        #expect(try field("other.A f = 1;", with: others).typeName == ".p.other.A")
    }

    @Test(
        "The JSON name drops underscores and raises what follows",
        arguments: [
            ("foo", "foo"), ("foo_bar", "fooBar"), ("foo__bar", "fooBar"), ("_foo", "Foo"), ("foo_", "foo"), ("fooBar", "fooBar"),
            ("FOO_bar", "FOOBar"), ("foo_1b", "foo1b"),
        ])
    func jsonNames(name: String, json: String) throws {
        #expect(try field("int32 \(name) = 1;").jsonName == json)
    }

    @Test("A map is a repeated field of a nested entry message")
    func maps() throws {
        let file = try Workspace.descriptor(of: "syntax = \"proto3\"; message M { map<int64, M> by_id = 3; }")
        let message = try #require(file.messageType.first)
        let field = try #require(message.field.first)
        #expect(field.label == .repeated)
        #expect(field.type == .message)
        #expect(field.typeName == ".M.ByIdEntry")
        let entry = try #require(message.nestedType.first)
        #expect(entry.options?.mapEntry == true)
        #expect(entry.field.map(\.name) == ["key", "value"])
        #expect(entry.field.map(\.type) == [.int64, .message])
    }

    @Test("A proto3 optional field gets a oneof of its own, behind all others")
    func syntheticOneofs() throws {
        let file = try Workspace.descriptor(
            of: "syntax = \"proto3\"; message M { optional int32 a = 1; oneof real { int32 b = 2; } optional M c = 3; int32 _a = 4; }")
        let message = try #require(file.messageType.first)
        #expect(message.oneofDecl.map(\.name) == ["real", "X_a", "_c"])
        #expect(message.field.map(\.oneofIndex) == [1, 0, 2, nil])
        #expect(message.field.map(\.proto3Optional) == [true, nil, true, nil])
    }

    @Test("Imports keep their kinds")
    func imports() throws {
        let others = ["a.proto": "syntax = \"proto3\"; message A {}", "b.proto": "syntax = \"proto3\";", "c.proto": "syntax = \"proto3\";"]
        let text = "syntax = \"proto3\"; import \"a.proto\"; import public \"b.proto\"; import weak \"c.proto\"; message M { A a = 1; }"
        let file = try Workspace.descriptor(of: text, with: others)
        #expect(file.dependency == ["a.proto", "b.proto", "c.proto"])
        #expect(file.publicDependency == [1])
        #expect(file.weakDependency == [2])
    }

    @Test("Imported files come before those that import them, each once")
    func order() {
        let sources = [
            "d.proto": "syntax = \"proto3\"; message D {}",
            "b.proto": "syntax = \"proto3\"; import \"d.proto\"; message B { D d = 1; }",
            "c.proto": "syntax = \"proto3\"; import \"d.proto\"; message C { D d = 1; }",
            "a.proto": "syntax = \"proto3\"; import \"c.proto\"; import \"b.proto\"; message A { B b = 1; C c = 2; }",
        ]
        let result = Compiler(sources: sources).compile(["a.proto", "b.proto"])
        #expect(result.diagnostics.isEmpty)
        #expect(result.files.map(\.name) == ["d.proto", "c.proto", "b.proto", "a.proto"])
    }

    @Test("A chain of imports may be 200 files long")
    func importDepth() {
        func messages(_ length: Int) -> [String] {
            var sources = ["f\(length).proto": "syntax = \"proto3\"; message F {}"]
            for index in 1..<length {
                sources["f\(index).proto"] = "syntax = \"proto3\"; import public \"f\(index + 1).proto\";"
            }
            return Compiler(sources: sources).compile(["f1.proto"]).diagnostics.map(\.message)
        }
        #expect(messages(200) == [])
        #expect(messages(201) == ["imports may nest 200 deep"])
    }

    @Test("A file that is not there is an error of its own")
    func missingInput() {
        let result = Compiler(sources: [:]).compile(["none.proto"])
        #expect(result.diagnostics.map(\.rendered) == ["none.proto:1:1: error: there is no such file in the import folders"])
    }

    @Test("All four kinds of methods")
    func methods() throws {
        let file = try Workspace.descriptor(
            of: """
                syntax = "proto3"; message A {} message stream {}
                service S {
                  rpc Up(A) returns (A);
                  rpc Down(stream A) returns (A) {}
                  rpc There(A) returns (stream A);
                  rpc Back(stream stream) returns (stream A);
                }
                """)
        let methods = try #require(file.service.first).method
        #expect(methods.map(\.clientStreaming) == [nil, true, nil, true])
        #expect(methods.map(\.serverStreaming) == [nil, nil, true, true])
        #expect(methods.last?.inputType == ".stream")
    }
}
