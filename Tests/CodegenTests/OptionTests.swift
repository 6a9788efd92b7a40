@testable import ProtoSchema
import Protobuf
import Testing

@Suite("Options")
struct OptionTests {
    /// An option file of proto3; `type` is that of the extension `x`, number 50000, of message options.
    private func bytes(type: String, label: String = "", option: String, rest: String = "") throws -> [UInt8] {
        let options =
            "syntax = \"proto3\"; package o; import \"google/protobuf/descriptor.proto\"; \(rest)"
            + " extend google.protobuf.MessageOptions { \(label) \(type) x = 50000; }"
        let file = try Workspace.descriptor(
            of: "syntax = \"proto3\"; import \"o.proto\"; message M { option \(option); }", with: ["o.proto": options])
        return try #require(file.messageType.first?.options).unknownFields.bytes
    }

    /// Tags of field 50000, which is three bytes long.
    private static let varint: [UInt8] = [0x80, 0xB5, 0x18]
    private static let fixed64: [UInt8] = [0x81, 0xB5, 0x18]
    private static let block: [UInt8] = [0x82, 0xB5, 0x18]
    private static let fixed32: [UInt8] = [0x85, 0xB5, 0x18]

    @Test(
        "A custom option of each scalar type becomes the bytes of its extension field",
        arguments: [
            ("int32", "-1", varint + [UInt8](repeating: 0xFF, count: 9) + [1]),
            ("int32", "0", varint + [0]),
            ("uint32", "4294967295", varint + [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
            ("sint32", "-2147483648", varint + [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
            ("int64", "-9223372036854775808", varint + [UInt8](repeating: 0x80, count: 9) + [1]),
            ("uint64", "18446744073709551615", varint + [UInt8](repeating: 0xFF, count: 9) + [1]),
            ("sint64", "1", varint + [2]),
            ("fixed32", "0x01020304", fixed32 + [4, 3, 2, 1]),
            ("sfixed32", "-2", fixed32 + [0xFE, 0xFF, 0xFF, 0xFF]),
            ("fixed64", "1", fixed64 + [1, 0, 0, 0, 0, 0, 0, 0]),
            ("sfixed64", "-1", fixed64 + [UInt8](repeating: 0xFF, count: 8)),
            ("float", "1", fixed32 + [0, 0, 0x80, 0x3F]),
            ("float", "-inf", fixed32 + [0, 0, 0x80, 0xFF]),
            ("double", "0.5", fixed64 + [0, 0, 0, 0, 0, 0, 0xE0, 0x3F]),
            ("bool", "true", varint + [1]),
            ("string", "'a' \"b\"", block + [2, 0x61, 0x62]),
            ("bytes", #""\377""#, block + [1, 0xFF]),
            ("E", "NEG", varint + [UInt8](repeating: 0xFF, count: 9) + [1]),
        ])
    func scalars(type: String, value: String, expected: [UInt8]) throws {
        #expect(try bytes(type: type, option: "(o.x) = \(value)", rest: "enum E { ZERO = 0; NEG = -1; }") == expected)
    }

    @Test(
        "An aggregate is encoded as the message it stands for, by field number and without defaults",
        arguments: [
            ("(o.x) = { b: 'z' a: 1 }", block + [5, 8, 1, 0x12, 1, 0x7A]),
            ("(o.x) = { a: 0 b: '' }", block + [0]),
            ("(o.x) = { n: 1 n: [2, 3] }", block + [5, 0x1A, 3, 1, 2, 3]),
            ("(o.x) = { u: [1, 2] }", block + [4, 0x20, 1, 0x20, 2]),
            ("(o.x) = { m { a: 1 } }", block + [4, 0x2A, 2, 8, 1]),
            ("(o.x) = { m: < a: 1; > }", block + [4, 0x2A, 2, 8, 1]),
            ("(o.x) = { k { key: 'q' } }", block + [7, 0x32, 5, 0x0A, 1, 0x71, 0x10, 0]),
            ("(o.x) = { p: 0 }", block + [2, 0x38, 0]),
            ("(o.x) = { e: F }", block + [2, 0x40, 1]),
            ("(o.x) = { e: 5 }", block + [2, 0x40, 5]),
            ("(o.x).m.a = 1", block + [4, 0x2A, 2, 8, 1]),
            ("(o.x).a = 0", block + [2, 8, 0]),
        ])
    func aggregates(option: String, expected: [UInt8]) throws {
        let message = """
            message T {
              int32 a = 1; string b = 2; repeated int32 n = 3; repeated int32 u = 4 [packed = false]; T m = 5;
              map<string, int32> k = 6; optional int32 p = 7; E e = 8;
            }
            enum E { Z = 0; F = 1; }
            """
        #expect(try bytes(type: "T", option: option, rest: message) == expected)
    }

    @Test("Known options get into properties, on every element")
    func known() throws {
        let file = try Workspace.descriptor(
            of: """
                syntax = "proto3";
                option java_package = "j"; option optimize_for = LITE_RUNTIME;
                message M {
                  option deprecated = true;
                  repeated int32 f = 1 [packed = false, deprecated = true, json_name = "x"];
                }
                enum E { option allow_alias = true; A = 0; B = 0 [deprecated = true]; }
                service S { option deprecated = true; rpc R(M) returns (M) { option idempotency_level = IDEMPOTENT; } }
                """)
        #expect(file.options?.javaPackage == "j")
        #expect(file.options?.optimizeFor == .liteRuntime)
        let message = try #require(file.messageType.first)
        #expect(message.options?.deprecated == true)
        #expect(message.field.first?.options?.packed == false)
        #expect(message.field.first?.options?.deprecated == true)
        #expect(message.field.first?.jsonName == "x")
        #expect(file.enumType.first?.options?.allowAlias == true)
        #expect(file.enumType.first?.value.last?.options?.deprecated == true)
        #expect(file.service.first?.options?.deprecated == true)
        #expect(file.service.first?.method.first?.options?.idempotencyLevel == .idempotent)
    }

    @Test("A field whose only option is a name has no options")
    func noOptions() throws {
        let file = try Workspace.descriptor(of: "syntax = \"proto3\"; message M { int32 f = 1 [json_name = \"x\"]; }")
        #expect(file.messageType.first?.field.first?.options == nil)
    }

    @Test("An option may use what its own file declares, before it is declared")
    func ownFile() throws {
        let file = try Workspace.descriptor(
            of: """
                syntax = "proto3"; package p;
                import "google/protobuf/descriptor.proto";
                message M { int32 f = 1 [(note) = { text: "t" }]; }
                extend google.protobuf.FieldOptions { Note note = 50000; }
                message Note { string text = 1; }
                """)
        let options = try #require(file.messageType.first?.field.first?.options)
        #expect(options.unknownFields.bytes == Self.block + [3, 0x0A, 1, 0x74])
    }
}
