import Protobuf
import Testing

@Suite("Objects in JSON: names, keys, and what may not be there twice")
struct JSONObjectTests {
    /// A message with more fields than a word has bits, three oneofs, numbers far apart, and names that need escapes.
    static func wide() throws -> MessageDescriptor {
        let message = DescriptorProto.with { message in
            message.name = "Wide"
            message.oneofDecl = (0..<3).map { index in OneofDescriptorProto.with { $0.name = "choice\(index)" } }
            for index in Int32(0)..<200 {
                message.field.append(
                    FieldDescriptorProto.with {
                        $0.name = "field_\(index)"
                        $0.number = index * 1000 + 1
                        $0.label = .optional
                        $0.type = .int32
                        $0.jsonName = index == 7 ? "a\"b\\é" : nil
                        $0.oneofIndex = index >= 150 ? index % 3 : nil
                    })
            }
        }
        let file = FileDescriptorProto.with { ($0.name, $0.syntax, $0.messageType) = ("wide.proto", "proto3", [message]) }
        return try #require(DescriptorPool([file]).message(named: "Wide"))
    }

    @Test("All of many fields are found, in any order, by both names, and none twice")
    func manyFields() throws {
        let transcoder = JSONTranscoder(try JSONObjectTests.wide())
        let plain = (0..<150).map { #""\#($0 == 7 ? #"a\"b\\é"# : "field\($0)")":\#($0 + 1)"# }
        let original = (0..<150).map { #""field_\#($0)":\#($0 + 1)"# }
        let bytes = try transcoder.bytes(from: "{\(plain.joined(separator: ","))}")
        #expect(try transcoder.json(from: bytes) == "{\(plain.joined(separator: ","))}")
        #expect(try transcoder.json(from: bytes, JSONEncodeOptions(usesOriginalNames: true)) == "{\(original.joined(separator: ","))}")
        let reversed = try transcoder.bytes(from: "{ \(original.reversed().joined(separator: " ,\n")) }")
        #expect(try transcoder.json(from: reversed) == transcoder.json(from: bytes))
        for index in [0, 63, 64, 127, 128, 149] {
            #expect(throws: JSONError.self) { try transcoder.bytes(from: "{\(plain.joined(separator: ",")),\"field\(index)\":1}") }
            #expect(throws: JSONError.self) { try transcoder.bytes(from: "{\"field\(index)\":1,\"field_\(index)\":1}") }
        }
    }

    @Test("Of every oneof there is one member at most, also behind many fields")
    func oneofs() throws {
        let transcoder = JSONTranscoder(try JSONObjectTests.wide())
        #expect(
            try transcoder.json(from: transcoder.bytes(from: #"{"field150":0,"field151":1,"field152":2}"#))
                == #"{"field150":0,"field151":1,"field152":2}"#)
        #expect(throws: JSONError.self) { try transcoder.bytes(from: #"{"field150":0,"field153":1}"#) }
        #expect(throws: JSONError.self) { try transcoder.bytes(from: #"{"field152":0,"field199":1,"field155":1}"#) }
        #expect(throws: Never.self) { try transcoder.bytes(from: #"{"field150":null,"field153":1}"#) }
    }

    @Test("A name that only begins or ends like a field's is another one")
    func similarNames() {
        for name in ["int3", "int322", "int32 ", " int32", "Int32", "", "int32\\u0000", "string\\\"", "nt32"] {
            #expect(throws: JSONError.self, "\(name)") { try Scalars(json: "{\"\(name)\":1}") }
            #expect(throws: JSONError.self, "\(name)") { try Scalars(json: "{\"\(name)\":1}" + String(repeating: " ", count: 40)) }
            let message = try? Scalars(
                json: "{\"float\":1,\"\(name)\":[1],\"uint32\":3}", options: JSONDecodeOptions(ignoresUnknownFields: true))
            #expect(message == Scalars.with { ($0.float, $0.uint32) = (1, 3) }, "\(name)")
        }
    }

    @Test("White space may stand between all tokens")
    func whiteSpace() throws {
        let space = " \t\r\n"
        let tokens = [
            "{", "\"int32\"", ":", "[", "1", ",", "2", "]", ",", "\"nested\"", ":", "[", "{", "}", ",", "{", "\"bool\"", ":", "true", "}",
            "]", "}",
        ]
        let message = Repeats.with { ($0.int32, $0.nested) = ([1, 2], [Scalars(), Scalars.with { $0.bool = true }]) }
        #expect(try Repeats(json: tokens.joined()) == message)
        #expect(try Repeats(json: space + tokens.joined(separator: space) + space) == message)
        for other in ["\u{A0}", "\u{B}", "\u{C}", "\u{0}", "\u{2028}"] {
            #expect(throws: JSONError.self) { try Repeats(json: tokens.joined(separator: other)) }
        }
    }

    @Test(
        "A map's key may not be there twice, in whatever order its keys are",
        arguments: [
            #"{"string":{"a":{},"b":{},"b":{}}}"#, #"{"string":{"a":{},"b":{},"a":{}}}"#, #"{"string":{"c":{},"a":{},"b":{},"c":{}}}"#,
            #"{"string":{"":{},"":{}}}"#, #"{"string":{"b":{},"":{},"b":{}}}"#, #"{"int32":{"1":1,"-1":1,"1":1}}"#,
            #"{"int32":{"5":1,"5.0":1}}"#,
            #"{"int64":{"1e3":"","1000":""}}"#, #"{"uint64":{"18446744073709551615":1,"0":1,"18446744073709551615":1}}"#,
            #"{"sint32":{"-2147483648":1,"2147483647":1,"-2147483648":1}}"#, #"{"fixed32":{"2":1,"1":1,"2":1}}"#,
            #"{"bool":{"true":true,"false":true,"true":true}}"#, #"{"sfixed64":{"1":"PURPLE","1":1}}"#,
            #"{"sfixed64":{"2":1,"1":"PURPLE","2":1}}"#,
        ])
    func mapKeys(json: String) {
        let error = #expect(throws: JSONError.self) { try Maps(json: json, options: JSONDecodeOptions(ignoresUnknownFields: true)) }
        #expect(error?.reason.hasSuffix("is there twice.") == true)
    }

    @Test("Keys that only look alike are different ones, and in order in JSON")
    func differentKeys() throws {
        let json = #"{"string":{"b":{},"a":{},"":{},"aa":{},"e\u0301":{},"é":{},"ab":{}},"int32":{"10":1,"-1":2,"9":3,"-10":4}}"#
        let message = try Maps(json: json)
        #expect(message.string.count == 7)
        let sorted =
            "{\"int32\":{\"-10\":4,\"-1\":2,\"9\":3,\"10\":1},\"string\":{\"\":{},\"a\":{},\"aa\":{},\"ab\":{},\"b\":{},\"e\u{301}\":{},\"é\":{}}}"
        #expect(try Array(message.json().utf8) == Array(sorted.utf8))
        let transcoder = JSONTranscoder(try #require(DescriptorPool([Maps.file]).message(named: Maps.fullName)))
        #expect(try transcoder.jsonBytes(from: transcoder.bytes(from: json)) == Array(sorted.utf8))
    }

    @Test("Arrays and objects inside each other count alike, up to a hundred", arguments: [#"{"value":"#, #"{"list":"#])
    func depth(opening: String) {
        func nested(_ depth: Int) -> String {
            opening + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "}"
        }
        #expect(throws: JSONError.self) { try WellKnown(json: nested(101)) }
        #expect(throws: Never.self) { try WellKnown(json: nested(30)) }
        #expect(throws: JSONError.self) { try WellKnown(json: nested(30), options: JSONDecodeOptions(depth: 29)) }
    }
}
