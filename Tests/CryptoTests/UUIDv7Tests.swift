import Crypto
import TestSupport
import Testing

@Suite("UUID version 7")
struct UUIDv7Tests {
    static let example = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

    @Test("RFC 9562 appendix A.6's example is read and written")
    func rfcExample() throws {
        let id = try #require(UUIDv7(Self.example))
        #expect(id.unixMilliseconds == 1_645_557_742_000)
        #expect(id.description == Self.example)
        #expect(id.bytes == hex("017f22e279b07cc398c4dc0c0c07398f"))
        #expect(UUIDv7(bytes: id.bytes) == id)
        #expect(UUIDv7(Self.example.uppercased()) == id)
    }

    @Test(
        "Anything but the text of a version 7 is refused",
        arguments: [
            "", "017f22e2", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
            "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-18c4-dc0c0c07398f", "017f22e2-79b0-7cc3-d8c4-dc0c0c07398f",
            "017f22e2_79b0-7cc3-98c4-dc0c0c07398f", "g17f22e2-79b0-7cc3-98c4-dc0c0c07398f", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
            " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398é", "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
        ])
    func refused(text: String) {
        #expect(UUIDv7(text) == nil)
    }

    @Test("Anything but 16 bytes of a version 7 is refused")
    func refusedBytes() {
        #expect(UUIDv7(bytes: []) == nil)
        #expect(UUIDv7(bytes: hex("017f22e279b07cc398c4dc0c0c0739")) == nil)
        #expect(UUIDv7(bytes: hex("017f22e279b07cc398c4dc0c0c07398f00")) == nil)
        #expect(UUIDv7(bytes: [UInt8](repeating: 0, count: 16)) == nil)
    }

    @Test("The time, its fraction and the random bits stand where RFC 9562 puts them")
    func layout() {
        let allOnes = UUIDv7(unixNanoseconds: 1_645_557_742_000_500_000, random: .max)
        #expect(allOnes.description == "017f22e2-79b0-7800-bfff-ffffffffffff")
        let zeroes = UUIDv7(unixNanoseconds: 1_645_557_742_000_999_999, random: 0)
        #expect(zeroes.description == "017f22e2-79b0-7fff-8000-000000000000")
        #expect(UUIDv7(unixNanoseconds: -1, random: 0).description == "00000000-0000-7000-8000-000000000000")
        #expect(UUIDv7(unixNanoseconds: .max, random: 0).unixMilliseconds == 9_223_372_036_854)
    }

    @Test("Ids sort by time, as values, bytes and text")
    func order() {
        var nanoseconds: Int64 = 1_700_000_000_000_000_000
        var random = SeededRandom(seed: 7)
        var last = UUIDv7(unixNanoseconds: nanoseconds, random: random.next())
        for step: Int64 in [300, 1_000, 999_000, 1_000_000, 1_000_000_000] {
            nanoseconds += step
            let next = UUIDv7(unixNanoseconds: nanoseconds, random: random.next())
            #expect(last < next)
            #expect(last.description < next.description)
            #expect(last.bytes.lexicographicallyPrecedes(next.bytes))
            last = next
        }
    }

    @Test("A generator uses the clock and the randomness it was given")
    func injected() {
        let generator = UUIDv7Generator(unixNanoseconds: { 1_645_557_742_000_000_000 }, random: { 0x18C4_DC0C_0C07_398F })
        #expect(generator.next().description == "017f22e2-79b0-7000-98c4-dc0c0c07398f")
    }

    @Test("The system's generator makes distinct ids of this century")
    func system() {
        let ids = (0..<1_000).map { _ in UUIDv7Generator.system.next() }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.unixMilliseconds > 1_700_000_000_000 && $0.unixMilliseconds < 4_102_444_800_000 })
        #expect(ids.allSatisfy { UUIDv7($0.description) == $0 })
    }
}
