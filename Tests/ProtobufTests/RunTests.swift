import Protobuf
import Testing

@Suite("Elements one behind the other")
struct RunTests {
    @Test(
        "They are read whatever stands between them, and however their tags are spelled",
        arguments: [
            "72 01 61 72 01 62 72 01 63", "72 01 61 18 01 72 01 62 72 01 63", "72 01 61 F2 00 01 62 72 01 63",
            "F2 00 01 61 F2 00 01 62 72 01 63", "72 81 00 61 72 01 62 72 01 63", "72 01 61 72 01 62 78 01 72 01 63",
        ])
    func spelling(bytes: String) throws {
        #expect(try Repeats(decoding: hex(bytes)).string == ["a", "b", "c"])
    }

    @Test(
        "The last one may be broken: the error names its field and the place",
        arguments: [("72 01 61 72", 4), ("72 01 61 72 05 62", 5), ("72 01 61 72 80", 5), ("8A 01 00 8A 01 01", 6)])
    func broken(bytes: String, offset: Int) throws {
        let error = #expect(throws: DecodeError.self) { try Repeats(decoding: hex(bytes)) }
        #expect(error?.kind == .truncated)
        #expect(error?.fieldNumber == (bytes.hasPrefix("72") ? 14 : 17))
        #expect(error?.offset == offset)
    }

    @Test("An error in the second message of a run names the field in it")
    func inner() {
        let error = #expect(throws: DecodeError.self) { try Repeats(decoding: hex("8A 01 02 18 01 8A 01 03 72 01 FF")) }
        #expect(error?.kind == .invalidUTF8)
        #expect(error?.fieldNumber == 14)
    }

    @Test("An overlong length of an element is an error, not a wrong count")
    func overlongLength() {
        let error = #expect(throws: DecodeError.self) {
            try Repeats(decoding: hex("72 01 61 72 FF FF FF FF FF FF FF FF FF FF 01 62"))
        }
        #expect(error?.kind == .varintTooLong)
    }

    @Test("UTF-8 is checked at every place of strings of every small length")
    func utf8() throws {
        for length in 0...40 {
            for place in 0..<max(length, 1) where length > 0 {
                for (broken, kept) in [
                    ([0xFF], false), ([0xC3], false), ([0xC3, 0xA9], true), ([0xE2, 0x82], false), ([0xED, 0xA0, 0x80], false),
                ]
                    as [([UInt8], Bool)]
                {
                    var text = [UInt8](repeating: 0x61, count: length)
                    text.replaceSubrange(place..<place, with: broken)
                    let bytes = hex("72") + [UInt8(text.count)] + text
                    let message = try? Repeats(decoding: bytes)
                    #expect((message != nil) == kept, "\(broken) at \(place) of \(length)")
                    #expect(message.map { Array(($0.string.first ?? "").utf8) } == (kept ? text : nil))
                }
            }
            let ascii = [UInt8](repeating: 0x7A, count: length)
            #expect(try Array((Repeats(decoding: hex("72") + [UInt8(length)] + ascii).string.first ?? "x").utf8) == ascii)
        }
    }
}
