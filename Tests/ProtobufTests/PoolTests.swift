import Protobuf
import StandardTypes
import Testing

@Suite("Descriptor pools")
struct PoolTests {
    static func file(_ name: String, _ fill: (inout FileDescriptorProto) -> Void) -> FileDescriptorProto {
        FileDescriptorProto.with {
            ($0.name, $0.syntax) = (name, "proto3")
            fill(&$0)
        }
    }

    static func message(_ name: String, _ fields: FieldDescriptorProto...) -> DescriptorProto {
        DescriptorProto.with { ($0.name, $0.field) = (name, fields) }
    }

    static func field(_ name: String, _ number: Int32, _ kind: FieldDescriptorProto.Kind, _ type: String? = nil) -> FieldDescriptorProto {
        FieldDescriptorProto.with { ($0.name, $0.number, $0.type, $0.typeName) = (name, number, kind, type) }
    }

    @Test("Types are found by their full names, nested ones, too")
    func lookup() throws {
        let pool = try DescriptorPool([Other.file])
        #expect(pool.message(named: "torture.v1.Other.Deep")?.fields.map(\.name) == ["other"])
        #expect(pool.enumeration(named: "torture.v1.Color")?.numbers["COLOR_CRIMSON"] == 1)
        #expect(pool.enumeration(named: "torture.v1.Color")?.names[1] == "COLOR_RED")
        #expect(pool.message(named: "torture.v1.Color") == nil)
        #expect(pool.message(named: "google.protobuf.Timestamp") != nil)
        #expect(pool.file(named: "google/protobuf/any.proto")?.package == "google.protobuf")
        #expect(pool.file(named: "nowhere.proto") == nil)
    }

    @Test("A field knows its shape")
    func fields() throws {
        let pool = try DescriptorPool([Other.file])
        let repeats = try #require(pool.message(named: "torture.v1.Repeats"))
        #expect(repeats.field(named: "int32")?.isPacked == true)
        #expect(repeats.field(named: "unpacked_int32")?.isPacked == false)
        #expect(repeats.field(named: "unpackedInt32")?.number == 18)
        #expect(repeats.field(named: "string")?.isPacked == false)
        #expect(repeats.field(number: 99) == nil)
        let optionals = try #require(pool.message(named: "torture.v1.Optionals"))
        #expect(optionals.field(named: "int32")?.hasPresence == true)
        #expect(optionals.field(named: "int32")?.oneofIndex == nil)
        let maps = try #require(pool.message(named: "torture.v1.Maps"))
        let entry = try #require(maps.field(named: "sfixed64").flatMap(maps.entry(of:)))
        #expect(entry.key.kind == .sfixed64)
        #expect(entry.value.kind == .enum)
        let node = try #require(pool.message(named: "torture.v1.Node"))
        #expect(node.field(named: "leaf")?.oneofIndex == 0)
        #expect(node.field(named: "child").flatMap(node.message(of:))?.fullName == "torture.v1.Node")
    }

    @Test("Services have their methods, and extensions are found by what they extend")
    func servicesAndExtensions() throws {
        let file = PoolTests.file("a.proto") {
            $0.package = "p"
            $0.messageType = [PoolTests.message("M")]
            $0.service = [
                ServiceDescriptorProto.with {
                    $0.name = "S"
                    $0.method = [
                        MethodDescriptorProto.with {
                            ($0.name, $0.inputType, $0.outputType, $0.serverStreaming) = ("Do", ".p.M", ".p.M", true)
                        }
                    ]
                }
            ]
            $0.extension = [
                FieldDescriptorProto.with {
                    ($0.name, $0.number, $0.type, $0.extendee) = ("note", 50_000, .string, ".google.protobuf.MethodOptions")
                }
            ]
        }
        let pool = try DescriptorPool([file])
        #expect(pool.serviceNames == ["p.S"])
        let method = try #require(pool.service(named: "p.S")?.method(named: "Do"))
        #expect(method.isServerStreaming && !method.isClientStreaming)
        #expect(method.input.fullName == "p.M")
        #expect(pool.extensions(of: "google.protobuf.MethodOptions").map(\.fullName) == ["p.note"])
    }

    struct Broken: Sendable, CustomTestStringConvertible {
        let files: [FileDescriptorProto]
        let error: String

        var testDescription: String { error }
    }

    static let broken: [Broken] = [
        Broken(
            files: [file("a.proto") { $0.messageType = [message("M"), message("M")] }], error: "M is declared twice."),
        Broken(files: [file("a.proto") { _ in }, file("a.proto") { _ in }], error: "The file a.proto is there twice."),
        Broken(
            files: [file("a.proto") { $0.messageType = [message("M", field("f", 1, .message, ".N"))] }],
            error: "M uses the message .N, which is in none of the files."),
        Broken(
            files: [file("a.proto") { $0.messageType = [message("M", field("f", 1, .enum, ".M"))] }],
            error: "M uses the enum .M, which is in none of the files."),
        Broken(
            files: [file("a.proto") { $0.messageType = [message("M", field("f", 0, .int32))] }],
            error: "Field f of M has number 0, which is not between 1 and 536870911."),
        Broken(
            files: [file("a.proto") { $0.messageType = [message("M", field("f", 1, FieldDescriptorProto.Kind(rawValue: 77)))] }],
            error: "A field of M has no name, no number, or no type that exists."),
        Broken(
            files: [
                file("a.proto") {
                    $0.messageType = [
                        DescriptorProto.with {
                            ($0.name, $0.options) = ("M", MessageOptions.with { $0.mapEntry = true })
                        }
                    ]
                }
            ], error: "M is marked as a map entry but does not have a key and a value."),
        Broken(
            files: [
                file("a.proto") {
                    var entry = message("E", field("key", 1, .int32), field("value", 2, .group, ".E"))
                    entry.options = MessageOptions.with { $0.mapEntry = true }
                    $0.messageType = [entry]
                }
            ], error: "E has a group as its value, which no map can have."),
    ]

    @Test("Files that do not fit together are refused with a sentence", arguments: broken)
    func refused(_ example: Broken) {
        let error = #expect(throws: DescriptorError.self) { try DescriptorPool(example.files) }
        #expect(error?.description == example.error)
    }

    @Test(
        "JSON names follow protoc's algorithm",
        arguments: [("foo_bar", "fooBar"), ("_foo", "Foo"), ("foo__bar", "fooBar"), ("FOO", "FOO"), ("a_1b", "a1b"), ("foo_", "foo")])
    func jsonNames(name: String, json: String) {
        #expect(FieldDescriptor.jsonName(of: name) == json)
    }

    @Test("A generated message carries its file and what that imports, each once")
    func embeddedFiles() throws {
        let names = Scalars.file.closure.map(\.name)
        #expect(names.last == "torture/v1/torture.proto")
        #expect(Set(names).count == names.count)
        #expect(names.contains("google/protobuf/struct.proto"))
        let proto = try FileDescriptorProto(decoding: Scalars.file.bytes)
        #expect(proto.dependency.count == 7)
        #expect(proto.messageType.contains { $0.name == "Scalars" })
    }
}
