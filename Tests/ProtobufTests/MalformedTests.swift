import Protobuf
import Testing

@Suite("Bytes that are no message")
struct MalformedTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: String
        let kind: DecodeError.Kind
        let field: UInt32
        let offset: Int

        init(_ name: String, _ bytes: String, _ kind: DecodeError.Kind, field: UInt32, at offset: Int) {
            self.name = name
            self.bytes = bytes
            self.kind = kind
            self.field = field
            self.offset = offset
        }

        var testDescription: String { name }
    }

    static let examples: [Example] = [
        Example("a tag without a value", "18", .truncated, field: 3, at: 1),
        Example("half a tag", "80", .truncated, field: 0, at: 1),
        Example("half a varint", "18 80", .truncated, field: 3, at: 2),
        Example("half a fixed32", "4D 01 02", .truncated, field: 9, at: 1),
        Example("half a fixed64", "51 01 02 03 04", .truncated, field: 10, at: 1),
        Example("a string longer than the rest", "72 05 61", .truncated, field: 14, at: 2),
        Example("a length that no memory holds", "72 FF FF FF FF FF FF FF FF 7F", .truncated, field: 14, at: 10),
        Example("the largest length there is", "72 FF FF FF FF FF FF FF FF FF 01", .truncated, field: 14, at: 11),
        Example("a message longer than the rest", "8A 01 05 18", .truncated, field: 17, at: 3),
        Example("a value that runs out of its message", "8A 01 01 18 05", .truncated, field: 3, at: 4),
        Example("a string that runs out of its message", "8A 01 03 72 02 61 62", .truncated, field: 14, at: 5),
        Example("a varint of eleven bytes", "18 80 80 80 80 80 80 80 80 80 80 00", .varintTooLong, field: 3, at: 11),
        Example("a length of eleven bytes", "72 80 80 80 80 80 80 80 80 80 80 00", .varintTooLong, field: 14, at: 11),
        Example("field number 0", "00 01", .invalidTag, field: 0, at: 1),
        Example("field number 0 with a length", "02 00", .invalidTag, field: 0, at: 1),
        Example("a tag of six bytes", "98 80 80 80 80 00 05", .invalidTag, field: 0, at: 5),
        Example("a tag of 2³²", "80 80 80 80 10 05", .invalidTag, field: 0, at: 5),
        Example("wire type 6", "1E 00", .invalidWireType, field: 3, at: 1),
        Example("wire type 7", "1F 00", .invalidWireType, field: 3, at: 1),
        Example("wire type 7 in a group", "A3 06 A7 06 A4 06", .invalidWireType, field: 100, at: 4),
        Example("a group that ends without a start", "A4 06", .unmatchedGroup, field: 100, at: 2),
        Example("a group that ends as another", "A3 06 AC 06", .unmatchedGroup, field: 101, at: 4),
        Example("a group that does not end", "A3 06 18 05", .truncated, field: 0, at: 4),
        Example("a group that ends outside its message", "8A 01 02 A3 06 A4 06", .truncated, field: 0, at: 5),
        Example("a string that is not UTF-8", "72 02 C3 28", .invalidUTF8, field: 14, at: 4),
        Example("half a character", "72 01 C3", .invalidUTF8, field: 14, at: 3),
        Example("a character spelled too long", "72 02 C0 80", .invalidUTF8, field: 14, at: 4),
        Example("half of a surrogate pair", "72 03 ED A0 80", .invalidUTF8, field: 14, at: 5),
        Example("three bytes that two would say", "72 03 E0 9F BF", .invalidUTF8, field: 14, at: 5),
        Example("four bytes that three would say", "72 04 F0 8F BF BF", .invalidUTF8, field: 14, at: 6),
        Example("a byte that begins nothing", "72 01 80", .invalidUTF8, field: 14, at: 3),
        Example("a byte that is never used", "72 01 FF", .invalidUTF8, field: 14, at: 3),
        Example("two of three bytes", "72 02 E2 82", .invalidUTF8, field: 14, at: 4),
        Example("three of four bytes", "72 03 F0 9F A6", .invalidUTF8, field: 14, at: 5),
        Example("a third byte that continues nothing", "72 03 E2 82 28", .invalidUTF8, field: 14, at: 5),
        Example("a fourth byte that continues nothing", "72 04 F0 9F A6 28", .invalidUTF8, field: 14, at: 6),
        Example("half a character after eight letters", "72 09 61 61 61 61 61 61 61 61 C3", .invalidUTF8, field: 14, at: 11),
        Example("a character beyond the last", "72 04 F4 90 80 80", .invalidUTF8, field: 14, at: 6),
    ]

    @Test("Each has its error, its field and its place", arguments: examples)
    func errors(_ example: Example) {
        let error = #expect(throws: DecodeError.self) { try Scalars(decoding: hex(example.bytes)) }
        #expect(error?.kind == example.kind)
        #expect(error?.fieldNumber == example.field || example.field == 0)
        #expect(error?.offset == example.offset)
    }

    @Test("A packed field must be whole", arguments: ["4A 03 01 02 03", "4A 05 01 02 03 04 05"])
    func unevenPacked(bytes: String) {
        let error = #expect(throws: DecodeError.self) { try Repeats(decoding: hex(bytes)) }
        #expect(error?.kind == .unevenPackedLength)
    }

    @Test("A varint must end within its packed field")
    func packedVarintRunsOut() {
        let error = #expect(throws: DecodeError.self) { try Repeats(decoding: hex("1A 02 01 80 01")) }
        #expect(error?.kind == .truncated)
    }

    @Test("Keys and values of maps must be UTF-8", arguments: ["4A 06 0A 02 C3 28 12 00", "12 06 08 05 12 02 C3 28"])
    func mapStrings(bytes: String) {
        let error = #expect(throws: DecodeError.self) { try Maps(decoding: hex(bytes)) }
        #expect(error?.kind == .invalidUTF8)
    }

    @Test("Every beginning of a message is an error or a message, and never a trap")
    func truncation() throws {
        let bytes = Scalars.with {
            ($0.double, $0.int32, $0.string, $0.nested) = (1, -1, "hello", Scalars.with { $0.fixed64 = 5 })
        }.encoded()
        for count in bytes.indices {
            _ = try? Scalars(decoding: Array(bytes.prefix(count)))
        }
        #expect(throws: DecodeError.self) { try Scalars(decoding: Array(bytes.dropLast())) }
    }

    @Test("An error reads as a sentence")
    func sentence() {
        let error = #expect(throws: DecodeError.self) { try Scalars(decoding: hex("72 01 C3")) }
        #expect(error?.description == "The message cannot be decoded: a string is not valid UTF-8 (in field 14, at byte 3).")
    }
}
