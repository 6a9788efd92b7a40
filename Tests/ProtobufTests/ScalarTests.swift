import Protobuf
import Testing

@Suite("Scalars on the wire")
struct ScalarTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: String
        let message: Scalars

        init(_ name: String, _ bytes: String, _ fill: (inout Scalars) -> Void) {
            self.name = name
            self.bytes = bytes
            var message = Scalars()
            fill(&message)
            self.message = message
        }

        var testDescription: String { name }
    }

    static let examples: [Example] = [
        Example("nothing is no bytes", "") { _ in },
        Example("a double", "09 00 00 00 00 00 00 F8 3F") { $0.double = 1.5 },
        Example("minus zero is not the default", "09 00 00 00 00 00 00 00 80") { $0.double = -0.0 },
        Example("a float", "15 00 00 C0 3F") { $0.float = 1.5 },
        Example("minus zero as a float", "15 00 00 00 80") { $0.float = -0.0 },
        Example("an infinity", "15 00 00 80 7F") { $0.float = .infinity },
        Example("an int32", "18 96 01") { $0.int32 = 150 },
        Example("the largest int32", "18 FF FF FF FF 07") { $0.int32 = .max },
        Example("a negative int32 takes ten bytes", "18 FF FF FF FF FF FF FF FF FF 01") { $0.int32 = -1 },
        Example("the smallest int32", "18 80 80 80 80 F8 FF FF FF FF 01") { $0.int32 = .min },
        Example("an int64", "20 80 80 80 80 10") { $0.int64 = 1 << 32 },
        Example("the smallest int64", "20 80 80 80 80 80 80 80 80 80 01") { $0.int64 = .min },
        Example("the largest uint32", "28 FF FF FF FF 0F") { $0.uint32 = .max },
        Example("the largest uint64", "30 FF FF FF FF FF FF FF FF FF 01") { $0.uint64 = .max },
        Example("sint32 -1 is 1", "38 01") { $0.sint32 = -1 },
        Example("sint32 1 is 2", "38 02") { $0.sint32 = 1 },
        Example("the smallest sint32", "38 FF FF FF FF 0F") { $0.sint32 = .min },
        Example("the largest sint32", "38 FE FF FF FF 0F") { $0.sint32 = .max },
        Example("sint64 -2 is 3", "40 03") { $0.sint64 = -2 },
        Example("the smallest sint64", "40 FF FF FF FF FF FF FF FF FF 01") { $0.sint64 = .min },
        Example("a fixed32", "4D 01 02 03 04") { $0.fixed32 = 0x0403_0201 },
        Example("a fixed64", "51 01 00 00 00 00 00 00 80") { $0.fixed64 = 1 << 63 | 1 },
        Example("an sfixed32", "5D FF FF FF FF") { $0.sfixed32 = -1 },
        Example("an sfixed64", "61 FE FF FF FF FF FF FF FF") { $0.sfixed64 = -2 },
        Example("a bool", "68 01") { $0.bool = true },
        Example("a string", "72 07 74 65 73 74 69 6E 67") { $0.string = "testing" },
        Example("a string outside the basic plane", "72 04 F0 9F A6 80") { $0.string = "🦀" },
        Example("a string with a zero", "72 03 61 00 62") { $0.string = "a\0b" },
        Example("bytes", "7A 02 00 FF") { $0.bytes = [0, 255] },
        Example("an enum value", "80 01 01") { $0.color = .red },
        Example("an enum number without a name", "80 01 E7 07") { $0.color = Color(rawValue: 999) },
        Example("a negative enum value", "80 01 FB FF FF FF FF FF FF FF FF 01") { $0.color = .negative },
        Example("a nested message", "8A 01 02 18 05") { $0.nested = Scalars.with { $0.int32 = 5 } },
        Example("a nested message with nothing in it", "8A 01 00") { $0.nested = Scalars() },
        Example("the largest field number", "FA FF FF FF 0F 01 78") { $0.far = "x" },
        Example("fields in number order", "18 01 68 01 72 01 78") { $0 = Scalars.with { ($0.string, $0.bool, $0.int32) = ("x", true, 1) } },
    ]

    @Test("A message has exactly these bytes, and they are that message", arguments: examples)
    func bothWays(_ example: Example) throws {
        #expect(example.message.encoded() == hex(example.bytes))
        #expect(try Scalars(decoding: hex(example.bytes)) == example.message)
    }

    static let spellings: [Example] = [
        Example("a varint longer than it must be", "18 81 80 80 00") { $0.int32 = 1 },
        Example("an int32 keeps the low 32 bits", "18 81 80 80 80 10") { $0.int32 = 1 },
        Example("a negative int32 in five bytes", "18 FF FF FF FF 0F") { $0.int32 = -1 },
        Example("a uint32 keeps the low 32 bits", "28 FF FF FF FF FF FF FF FF FF 01") { $0.uint32 = .max },
        Example("a sint32 keeps the low 32 bits", "38 82 80 80 80 10") { $0.sint32 = 1 },
        Example("a bool is true for any bit, the highest, too", "68 80 80 80 80 80 80 80 80 80 01") { $0.bool = true },
        Example("an enum keeps the low 32 bits", "80 01 81 80 80 80 10") { $0.color = .red },
        Example("a tag longer than it must be", "98 80 80 80 00 05") { $0.int32 = 5 },
        Example("the last of two wins", "18 01 18 02") { $0.int32 = 2 },
        Example("any order", "72 01 78 18 01") { ($0.int32, $0.string) = (1, "x") },
        Example("a default that is there", "18 00 72 00") { _ in },
        Example("a message in two parts is merged", "8A 01 02 18 05 8A 01 03 72 01 78") {
            $0.nested = Scalars.with { ($0.int32, $0.string) = (5, "x") }
        },
    ]

    @Test("What others may write is understood", arguments: spellings)
    func otherSpellings(_ example: Example) throws {
        #expect(try Scalars(decoding: hex(example.bytes)) == example.message)
    }

    @Test("An optional field is written when it is set, to its default, too")
    func presence() throws {
        let message = Optionals.with {
            ($0.int32, $0.string, $0.color, $0.double, $0.bytes) = (0, "", .unspecified, 0, [])
        }
        #expect(message.encoded() == hex("09 00 00 00 00 00 00 00 00 18 00 72 00 7A 00 80 01 00"))
        #expect(try Optionals(decoding: message.encoded()) == message)
        #expect(try Optionals(decoding: []).int32 == nil)
    }

    @Test("Every string of Unicode is read as it was written, wherever eight bytes end")
    func unicode() throws {
        for scalar in ["\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"] {
            for length in 0..<10 {
                let text = String(repeating: "a", count: length) + scalar + scalar + "b"
                #expect(try Scalars(decoding: Scalars.with { $0.string = text }.encoded()).string == text)
            }
        }
    }

    @Test("Room is kept before a message, in small ones and in large ones", arguments: [0, 5, 1500, 32_760, 32_768, 100_000])
    func prefix(payload: Int) throws {
        let message = Scalars.with { $0.bytes = [UInt8](repeating: 7, count: payload) }
        let bytes = message.encoded(reserving: 5)
        #expect(bytes.prefix(5) == [0, 0, 0, 0, 0])
        #expect([UInt8](bytes.dropFirst(5)) == message.encoded())
        #expect(try Scalars(decoding: [UInt8](bytes.dropFirst(5))) == message)
    }
}
