import Protobuf
import StandardTypes
import Testing

@Suite("Text that is not the JSON of a message")
struct JSONErrorTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let json: String
        let error: String

        init(_ json: String, _ error: String) {
            self.json = json
            self.error = error
        }

        var testDescription: String { json }
    }

    static let scalars: [Example] = [
        Example("", "line 1, column 1: The text ends where an object should be."),
        Example("null", "line 1, column 1: Here should be an object."),
        Example("[]", "line 1, column 1: Here should be an object."),
        Example("{", "line 1, column 2: The text ends where a field name in double quotes should be."),
        Example("{} x", "line 1, column 4: The text goes on after its value."),
        Example("{}{}", "line 1, column 3: The text goes on after its value."),
        Example(#"{"int32":1,}"#, "line 1, column 12: Here should be a field name in double quotes."),
        Example(#"{,"int32":1}"#, "line 1, column 2: Here should be a field name in double quotes."),
        Example(#"{'int32':1}"#, "line 1, column 2: Here should be a field name in double quotes."),
        Example(#"{int32:1}"#, "line 1, column 2: Here should be a field name in double quotes."),
        Example(#"{"int32" 1}"#, "line 1, column 10: Here should be a colon."),
        Example(#"{"int32":1 "bool":true}"#, "line 1, column 12: Here should be a comma or a closing brace."),
        Example(#"{"int32":/* one */1}"#, "line 1, column 10, at int32: Here should be a whole number."),
        Example(#"{"int32":01}"#, "line 1, column 10, at int32: Here should be a whole number."),
        Example(#"{"int32":+1}"#, "line 1, column 10, at int32: Here should be a whole number."),
        Example(#"{"int32":1.}"#, "line 1, column 10, at int32: Here should be a whole number."),
        Example(#"{"int32":.5}"#, "line 1, column 10, at int32: Here should be a whole number."),
        Example(#"{"int32":1e}"#, "line 1, column 10, at int32: Here should be a whole number."),
        Example(#"{"int32":""}"#, "line 1, column 10, at int32: Here should be a whole number."),
        Example(#"{"int32":" 1"}"#, "line 1, column 10, at int32: Here should be a whole number."),
        Example(#"{"int32":"1 "}"#, "line 1, column 10, at int32: Here should be a whole number."),
        Example(#"{"int32":true}"#, "line 1, column 10, at int32: Here should be a whole number."),
        Example(#"{"int32":{}}"#, "line 1, column 10, at int32: Here should be a whole number."),
        Example(#"{"int32":0.5}"#, "line 1, column 10, at int32: The number 0.5 is not a whole one that fits."),
        Example(#"{"int32":2147483648}"#, "line 1, column 10, at int32: The number 2147483648 is not a whole one that fits."),
        Example(#"{"int32":"1e536870000"}"#, "line 1, column 10, at int32: The number 1e536870000 is not a whole one that fits."),
        Example(#"{"uint32":-1}"#, "line 1, column 11, at uint32: The number -1 is not a whole one that fits."),
        Example(
            #"{"int64":9223372036854775808}"#, "line 1, column 10, at int64: The number 9223372036854775808 is not a whole one that fits."),
        Example(
            #"{"uint64":18446744073709551616}"#,
            "line 1, column 11, at uint64: The number 18446744073709551616 is not a whole one that fits."),
        Example(#"{"double":1e400}"#, "line 1, column 11, at double: The number is too large for its field."),
        Example(#"{"float":3.5e38}"#, "line 1, column 10, at float: The number is too large for its field."),
        Example(#"{"double":NaN}"#, "line 1, column 11, at double: Here should be a number."),
        Example(#"{"double":"nan"}"#, "line 1, column 11, at double: Here should be a number."),
        Example(#"{"double":"0x10"}"#, "line 1, column 11, at double: Here should be a number."),
        Example(#"{"bool":"true"}"#, "line 1, column 9, at bool: Here should be true or false."),
        Example(#"{"bool":1}"#, "line 1, column 9, at bool: Here should be true or false."),
        Example(#"{"bool":tru}"#, "line 1, column 9, at bool: Here should be true or false."),
        Example(#"{"string":1}"#, "line 1, column 11, at string: Here should be a string."),
        Example(#"{"string":"a"#, "line 1, column 13, at string: The text ends in the middle of a string."),
        Example(#"{"string":"\x"}"#, "line 1, column 12, at string: JSON has no such escape."),
        Example(#"{"string":"\u12G4"}"#, #"line 1, column 16, at string: \u needs four hexadecimal digits."#),
        Example(#"{"string":"\ud83e"}"#, "line 1, column 12, at string: Half of a surrogate pair is no character."),
        Example(#"{"string":"\udd80\ud83e"}"#, "line 1, column 12, at string: Half of a surrogate pair is no character."),
        Example(#"{"string":"\ud83ex"}"#, "line 1, column 12, at string: Half of a surrogate pair is no character."),
        Example("{\"string\":\"a\nb\"}", "line 1, column 13, at string: A control character in a string must be escaped."),
        Example("{\"string\":\"\\n\u{1}\"}", "line 1, column 14, at string: A control character in a string must be escaped."),
        Example(#"{"bytes":"A"}"#, "line 1, column 10, at bytes: This is not base64."),
        Example(#"{"bytes":"AA=A"}"#, "line 1, column 10, at bytes: This is not base64."),
        Example(#"{"bytes":"A A="}"#, "line 1, column 10, at bytes: This is not base64."),
        Example(
            #"{"color":"COLOR_RDE"}"#, #"line 1, column 10, at color: torture.v1.Color has no value "COLOR_RDE"; did you mean "COLOR_RED"?"#
        ),
        Example(#"{"color":"1"}"#, #"line 1, column 10, at color: torture.v1.Color has no value "1"."#),
        Example(#"{"color":1.5}"#, "line 1, column 10, at color: The number 1.5 is not a whole one that fits."),
        Example(#"{"color":[]}"#, "line 1, column 10, at color: Here should be the name or number of an enum value."),
        Example(#"{"int32":1,"int32":1}"#, #"line 1, column 12: The field "int32" is there twice."#),
        Example(#"{"int32":1,"int32":null}"#, #"line 1, column 12: The field "int32" is there twice."#),
        Example(
            "{\n  \"nested\": {\n    \"é\": 1\n  }\n}",
            #"line 3, column 5, at nested.é: torture.v1.Scalars has no field "é"."#),
        Example(
            "{\"nested\": {\n  \"strnig\": \"x\"}}",
            #"line 2, column 3, at nested.strnig: torture.v1.Scalars has no field "strnig"; did you mean "string"?"#),
        Example("\u{FEFF}{}", "line 1, column 1: Here should be an object."),
    ]

    @Test("Each has its line, column, path and reason", arguments: scalars)
    func scalarErrors(_ example: Example) {
        let error = #expect(throws: JSONError.self) { try Scalars(json: example.json) }
        #expect(error?.description == example.error)
    }

    static let lists: [Example] = [
        Example(#"{"int32":1}"#, "line 1, column 10, at int32: Here should be an array."),
        Example(#"{"int32":[1,]}"#, "line 1, column 13, at int32[1]: Here should be a whole number."),
        Example(#"{"int32":[1 2]}"#, "line 1, column 13, at int32: Here should be a comma or a closing bracket."),
        Example(#"{"int32":[null]}"#, "line 1, column 11, at int32[0]: An element cannot be null."),
        Example(#"{"nested":[{},null]}"#, "line 1, column 15, at nested[1]: An element cannot be null."),
        Example(#"{"nested":[{"string":5}]}"#, "line 1, column 22, at nested[0].string: Here should be a string."),
        Example(
            #"{"color":["RED"]}"#,
            #"line 1, column 11, at color[0]: torture.v1.Color has no value "RED"; did you mean "COLOR_RED"?"#),
    ]

    @Test("In lists the path has the element's index", arguments: lists)
    func listErrors(_ example: Example) {
        let error = #expect(throws: JSONError.self) { try Repeats(json: example.json) }
        #expect(error?.description == example.error)
    }

    static let maps: [Example] = [
        Example(#"{"int32":[]}"#, "line 1, column 10, at int32: Here should be an object."),
        Example(#"{"int32":{1:1}}"#, "line 1, column 11, at int32: Here should be a key in double quotes."),
        Example(#"{"int32":{"x":1}}"#, "line 1, column 11, at int32: Here should be a key that is a whole number."),
        Example(#"{"int32":{"1":1,"1":2}}"#, #"line 1, column 17, at int32: The key "1" is there twice."#),
        Example(#"{"int32":{"1":null}}"#, #"line 1, column 15, at int32["1"]: A map's value cannot be null."#),
        Example(#"{"bool":{"True":true}}"#, #"line 1, column 10, at bool: This key should be "true" or "false"."#),
        Example(#"{"string":{"a":{"int32":"x"}}}"#, #"line 1, column 25, at string["a"].int32: Here should be a whole number."#),
        Example(#"{"string":{"a":{},"\u0061":{}}}"#, #"line 1, column 19, at string: The key "a" is there twice."#),
    ]

    @Test("In maps the path has the key", arguments: maps)
    func mapErrors(_ example: Example) {
        let error = #expect(throws: JSONError.self) { try Maps(json: example.json) }
        #expect(error?.description == example.error)
    }

    @Test("Two members of a oneof are refused")
    func oneof() {
        let error = #expect(throws: JSONError.self) { try Node(json: #"{"leaf":"a","number":1}"#) }
        #expect(error?.description == "line 1, column 13, at number: Another field of the same oneof is already set.")
    }

    @Test("A field under both of its names is there twice")
    func bothNames() {
        let error = #expect(throws: JSONError.self) { try Names(json: #"{"fooBar":"a","foo_bar":"b"}"#) }
        #expect(error?.description == #"line 1, column 15: The field "fooBar" is there twice."#)
    }

    @Test("A hundred objects inside each other are read, one more is not")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: #"{"child":"#, count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1)
        }
        #expect(throws: Never.self) { _ = try Node(json: nested(100)) }
        let error = #expect(throws: JSONError.self) { _ = try Node(json: nested(101)) }
        #expect(error?.reason == "Objects and arrays are nested too deeply.")
        let skipped = #"{"x":"# + String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { _ = try Node(json: skipped, options: JSONDecodeOptions(ignoresUnknownFields: true)) }
    }

    @Test("What is skipped must be JSON, too", arguments: [#"{"x":01}"#, #"{"x":[1,]}"#, #"{"x":{"a"}}"#, #"{"x":"\q"}"#, #"{"x":nul}"#])
    func skippedIsChecked(json: String) {
        #expect(throws: JSONError.self) { try Scalars(json: json, options: JSONDecodeOptions(ignoresUnknownFields: true)) }
    }
}
