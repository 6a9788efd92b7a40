import TestSupport
import Testing

@testable import RPC

@Suite("grpc-timeout") struct TimeoutTests {
    private func parse(_ text: String) -> Duration? {
        unsafe Array(text.utf8).withUnsafeBytes { unsafe Timeout.parse($0) }
    }

    @Test(
        "one to eight digits and a unit are a duration",
        arguments: [
            ("1n", .nanoseconds(1)), ("1u", .microseconds(1)), ("1m", .milliseconds(1)), ("1S", .seconds(1)), ("1M", .seconds(60)),
            ("1H", .seconds(3_600)), ("0S", .zero), ("007m", .milliseconds(7)), ("99999999n", .nanoseconds(99_999_999)),
            ("99999999S", .seconds(99_999_999)),
        ] as [(String, Duration)])
    func parsed(text: String, duration: Duration) {
        #expect(parse(text) == duration)
    }

    @Test("more hours than Int64 has nanoseconds are very long, not a trap", arguments: ["99999999H", "2562048H"])
    func saturated(text: String) {
        #expect(parse(text) == Duration.nanoseconds(Int64.max))
    }

    @Test(
        "anything else is no timeout",
        arguments: [
            "", "S", "1", "1s", "1h", "123456789S", "1 S", " 1S", "1S ", "-1S", "+1S", "1.5S", "1e3S", "0x1S", "١S", "1SS", "S1", "\u{0}S",
        ])
    func garbage(text: String) {
        #expect(parse(text) == nil)
    }

    @Test(
        "the finest unit whose digits fit is written, rounded up",
        arguments: [
            (0, "0n"), (1, "1n"), (99_999_999, "99999999n"), (100_000_000, "100000u"), (100_000_001, "100001u"),
            (99_999_999_000, "99999999u"), (99_999_999_001, "100000m"), (99_999_999_000_000, "99999999m"), (99_999_999_000_001, "100000S"),
            (.max, "153722868M"), (-5, "0n"),
        ] as [(Int64, String)])
    func written(nanoseconds: Int64, text: String) {
        // Int64.max ns are 153,722,868 minutes: nine digits, so hours.
        #expect(Timeout.text(nanoseconds) == (nanoseconds == .max ? "2562048H" : text))
    }

    @Test("what is written is read as no less, and less than one unit more", arguments: [UInt64(5), 77, 20_261_121])
    func roundTrip(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<5_000 {
            let nanoseconds = Int64.random(in: 0...(.max >> Int64.random(in: 0...62, using: &random)), using: &random)
            let text = Timeout.text(nanoseconds)
            #expect(text.utf8.count <= 9)
            let back = try #require(parse(text))
            #expect(back >= .nanoseconds(nanoseconds))
            // A unit is at most 1/99,999 of an amount that did not fit the finer one; the coarsest steps are 60 times that.
            #expect(back <= .nanoseconds(nanoseconds) + .nanoseconds(nanoseconds / 1_600) + .nanoseconds(1))
        }
    }
}
