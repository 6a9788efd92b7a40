import Crypto
import TestSupport
import Testing

@Suite("The text of a UUID")
struct UUIDTextTests {
    @Test("Every digit stands where RFC 9562 puts it, and is read back in either case", arguments: [UInt64(1), 20_261_123])
    func digits(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            let (high, low) = (random.next() as UInt64, random.next() as UInt64)
            var expected = ""
            for nibble in 0..<32 {
                if [8, 12, 16, 20].contains(nibble) { expected += "-" }
                let word = nibble < 16 ? high : low
                expected += String(word >> UInt64(60 - 4 * (nibble % 16)) & 0xF, radix: 16)
            }
            let text = UUIDText.of(high: high, low: low)
            #expect(text == expected)
            for written in [text, text.uppercased()] {
                let words = try #require(UUIDText.words(written))
                #expect(words == (high, low))
            }
        }
    }

    @Test("The least and the greatest")
    func ends() {
        #expect(UUIDText.of(high: 0, low: 0) == "00000000-0000-0000-0000-000000000000")
        #expect(UUIDText.of(high: .max, low: .max) == "ffffffff-ffff-ffff-ffff-ffffffffffff")
    }
}
