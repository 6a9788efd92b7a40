import ProtoSchema
import Protobuf
import Testing

@Suite("Pools from .proto text")
struct TextPoolTests {
    static let options = """
        syntax = "proto2";
        package rules;
        import "google/protobuf/descriptor.proto";
        message Text { optional uint64 min_len = 2; repeated string in = 10; }
        message Field { optional bool required = 25; oneof type { Text string = 14; } extensions 1000 to max; }
        extend Field { optional string note = 1000; }
        extend google.protobuf.FieldOptions { optional Field field = 1159; repeated int32 marks = 1160; }
        """

    static let user = """
        syntax = "proto3";
        package users.v1;
        import "rules.proto";
        message User {
          string name = 1 [(rules.field).string = { min_len: 3 in: ["ada", "bob"] }, (rules.field).required = true, deprecated = true];
          int64 age = 2 [(rules.marks) = 7, (rules.marks) = -1, (rules.field) = { [rules.note]: "years" }];
          repeated User friends = 3;
        }
        """

    @Test("Messages of text that came at run time are read and written")
    func messages() throws {
        let pool = try DescriptorPool(compiling: ["user.proto": TextPoolTests.user, "rules.proto": TextPoolTests.options])
        let user = try #require(pool.message(named: "users.v1.User"))
        let message = try DynamicMessage(user, json: #"{"name": "ada", "age": "36", "friends": [{"name": "bob"}]}"#)
        #expect(message["name"] == .string("ada"))
        #expect(message["age"] == .int64(36))
        #expect(message.encoded() == [0x0A, 3, 0x61, 0x64, 0x61, 0x10, 36, 0x1A, 5, 0x0A, 3, 0x62, 0x6F, 0x62])
        #expect(try DynamicMessage(user, decoding: message.encoded()) == message)
    }

    @Test("Custom options are fields of the options message, those of extensions in extensions, too")
    func customOptions() throws {
        let pool = try DescriptorPool(compiling: ["user.proto": TextPoolTests.user, "rules.proto": TextPoolTests.options])
        let user = try #require(pool.message(named: "users.v1.User"))
        let name = try DynamicMessage(#require(user.field(named: "name")?.proto.options), in: pool)
        #expect(name["deprecated"] == .bool(true))
        #expect(name.unknownFields.isEmpty)
        let rules = try #require(name["[rules.field]"]?.messageValue)
        #expect(rules.descriptor.fullName == "rules.Field")
        #expect(rules["required"] == .bool(true))
        #expect(rules.member(ofOneof: "type")?.name == "string")
        #expect(rules["string"]?.messageValue?["min_len"] == .uint64(3))
        #expect(rules["string"]?.messageValue?["in"] == .list([.string("ada"), .string("bob")]))
        let age = try DynamicMessage(#require(user.field(named: "age")?.proto.options), in: pool)
        #expect(age[1160] == .list([.int32(7), .int32(-1)]))
        #expect(age["[rules.field]"]?.messageValue?["[rules.note]"] == .string("years"))
        #expect(age["[rules.nothing]"] == nil)
    }

    @Test("What was set through an extension reads back as the unknown field of the hand-written type")
    func settingExtensions() throws {
        let pool = try DescriptorPool(compiling: ["rules.proto": TextPoolTests.options])
        var options = DynamicMessage(try #require(pool.message(named: "google.protobuf.FieldOptions")))
        try options.set("[rules.marks]", to: .list([.int32(1)]))
        try options.set("packed", to: .bool(true))
        let typed = try FieldOptions(decoding: options.encoded())
        #expect(typed.packed == true)
        #expect(typed.unknownFields.bytes == [0xC0, 0x48, 1])
    }

    @Test("Errors in the text come all at once, each with its place")
    func errors() {
        let error = #expect(throws: CompileError.self) {
            try DescriptorPool(compiling: ["a.proto": "syntax = \"proto3\";\nmessage M { Nothing x = 1; }\nmessage N { int32 y = 0; }"])
        }
        #expect(error?.description.contains("a.proto:2:13: error:") == true)
        #expect(error?.description.contains("a.proto:3:") == true)
    }

    @Test("Only what is asked for is compiled, with what it imports")
    func names() throws {
        let compiler = Compiler(sources: ["user.proto": TextPoolTests.user, "rules.proto": TextPoolTests.options, "bad.proto": "?"])
        let pool = try DescriptorPool(compiling: ["user.proto"], by: compiler)
        #expect(pool.files.map(\.name) == ["google/protobuf/descriptor.proto", "rules.proto", "user.proto"])
    }
}
