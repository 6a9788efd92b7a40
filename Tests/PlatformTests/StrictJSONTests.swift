import Testing

@testable import Platform

struct StrictJSONTests {
    @Test(
        "a value of each kind is read",
        arguments: [
            ("null", StrictJSON.null), ("true", .boolean(true)), ("false", .boolean(false)), ("0", .integer(0)), ("-7", .integer(-7)),
            ("9223372036854775807", .integer(.max)), ("\"\"", .string("")), ("\"a\\u0041\\n\\/\\ud83e\\udd8a\"", .string("aA\n/🦊")),
            ("[ ]", .array([])), ("[1 , \"a\"]", .array([.integer(1), .string("a")])), ("{ }", .object([:])),
            ("{\"a\" : {\"b\":[null]}}", .object(["a": .object(["b": .array([.null])])])),
        ])
    func values(text: String, value: StrictJSON) throws {
        #expect(try StrictJSON(parsing: Array(text.utf8)) == value)
    }

    @Test(
        "two stories in one text, or none, are refused",
        arguments: [
            "", " 1", "1 ", "1 2", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "{\"a\":1,}", "[1,]", "[1", "{\"a\"", "{\"a\":", "{a:1}",
            "01", "-", "1.0", "1e3", "9223372036854775808", "NaN", "tru", "\"a", "\"\n\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
            "\"\\ud800\\u0041\"", "\"\\udc00\"", "'a'", "\u{feff}1",
        ])
    func refused(text: String) {
        #expect(throws: StrictJSON.Malformed.self) { try StrictJSON(parsing: Array(text.utf8)) }
    }

    @Test("bytes that are not UTF-8 are refused")
    func notUTF8() {
        #expect(throws: StrictJSON.Malformed("it is not UTF-8")) { try StrictJSON(parsing: [0x22, 0xff, 0x22]) }
    }

    @Test("depth is bounded, so that no text can exhaust the stack")
    func depth() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: StrictJSON.Malformed("it is nested too deeply")) { try StrictJSON(parsing: Array(deep.utf8)) }
    }
}
