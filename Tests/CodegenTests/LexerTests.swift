@testable import ProtoSchema
import Testing

@Suite("Lexer")
struct LexerTests {
    private func lex(_ text: String) -> Lexer {
        var lexer = Lexer(SourceText(path: "t.proto", bytes: Array(text.utf8)))
        lexer.run()
        return lexer
    }

    @Test(
        "A text is cut into tokens",
        arguments: [
            ("message A{}", ["message", "A", "{", "}"]),
            ("a.b . c", ["a", ".", "b", ".", "c"]),
            ("1 0x1F 017 1.5 .5 1. 1e3 1.5E-3", ["1", "0x1F", "017", "1.5", ".5", "1.", "1e3", "1.5E-3"]),
            ("'a\"b' \"c'd\"", ["'a\"b'", "\"c'd\""]),
            (#""a\"b" "\\""#, [#""a\"b""#, #""\\""#]),
            ("a//b\nc/*d*/e", ["a", "c", "e"]),
            ("\u{FEFF}syntax", ["syntax"]),
            ("a\r\n\t\u{0B}\u{0C}b", ["a", "b"]),
            ("-5", ["-", "5"]),
            ("", []),
        ])
    func tokens(text: String, expected: [String]) {
        let lexer = lex(text)
        #expect(lexer.tokens.dropLast().map(\.text) == expected)
        #expect(lexer.tokens.last?.kind == .end)
        #expect(lexer.log.entries.isEmpty)
    }

    @Test(
        "What is no token is reported where it begins, and the rest is read",
        arguments: [
            ("a 0x b", 2, "\"0x\" needs hexadecimal digits"),
            ("a 08 b", 2, "a number that begins with 0 is octal and has only the digits 0 to 7"),
            ("a 1e b", 2, "the exponent has no digits"),
            ("a 1x b", 3, "a number ends here, and a space must follow it"),
            ("a 1.2.3 b", 5, "a number ends here, and a space must follow it"),
            ("a \"x\n b", 2, "this string has no closing quote on its line"),
            ("a b \"x", 4, "this string has no closing quote"),
            ("a /* b", 2, "this block comment has no end"),
            ("a \u{1} b", 2, "a control character stands here; only spaces, tabs and line ends may stand between words"),
            ("a\u{E9} b", 1, "a name has only the letters a to z and A to Z, digits and underscores"),
            ("a ” b", 2, "only ASCII letters may stand outside strings and comments"),
        ])
    func strays(text: String, offset: Int, message: String) {
        let entries = lex(text).log.entries
        #expect(entries.map(\.diagnostic.message) == [message])
        #expect(entries.first?.offset == offset)
    }

    @Test(
        "Integers are decimal, octal or hexadecimal and up to 64 bits",
        arguments: [
            ("0", 0), ("10", 10), ("010", 8), ("0x10", 16), ("0XfF", 255), ("18446744073709551615", UInt64.max),
            ("18446744073709551616", nil), ("0x1FFFFFFFFFFFFFFFF", nil), ("08", nil), ("0x", nil),
        ] as [(String, UInt64?)])
    func integers(text: String, value: UInt64?) {
        #expect(Literal.integer(text) == value)
    }

    @Test(
        "Floats may begin or end with the point",
        arguments: [("1.5", 1.5), (".5", 0.5), ("1.", 1), ("1.e3", 1000), ("2E-2", 0.02), ("1e999", .infinity)] as [(String, Double)])
    func floats(text: String, value: Double) {
        #expect(Literal.float(text) == value)
    }

    @Test(
        "Escapes stand for bytes",
        arguments: [
            (#""\a\b\f\n\r\t\v\\\?\'\"""#, [7, 8, 12, 10, 13, 9, 11, 92, 63, 39, 34]),
            (#"'\0\01\0011'"#, [0, 1, 1, 49]),
            (#""\377\400""#, [255, 0]),
            (#""\x41\xfg""#, [0x41, 0x0F, 0x67]),
            (#""\u00e9""#, [0xC3, 0xA9]),
            (#""\U0001F600""#, [0xF0, 0x9F, 0x98, 0x80]),
            (#""\ud83d\ude00""#, [0xF0, 0x9F, 0x98, 0x80]),
        ] as [(String, [UInt8])])
    func escapes(token: String, bytes: [UInt8]) throws {
        #expect(try Unescaper.bytes(of: token) == bytes)
    }

    @Test(
        "Wrong escapes are refused at the backslash",
        arguments: [(#""a\q""#, 2), (#""\x""#, 1), (#""\u12""#, 1), (#""\U00110000""#, 1), (#""\ud800x""#, 1), (#""\udc00""#, 1)])
    func wrongEscapes(token: String, offset: Int) {
        let error = #expect(throws: EscapeError.self) { try Unescaper.bytes(of: token) }
        #expect(error?.offset == offset)
    }
}
