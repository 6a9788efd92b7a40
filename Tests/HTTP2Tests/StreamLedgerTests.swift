import Testing

@testable import HTTP2

@Suite("Which streams a client opened and ended") struct StreamLedgerTests {
    @Test("what is opened is open, what was passed over is skipped, what is higher is new, what is even is unknown")
    func standings() {
        var ledger = StreamLedger()
        #expect(ledger.standing(of: 1) == .new)
        ledger.open(5)
        #expect(ledger.standing(of: 1) == .skipped)
        #expect(ledger.standing(of: 3) == .skipped)
        #expect(ledger.standing(of: 5) == .open)
        #expect(ledger.standing(of: 7) == .new)
        #expect(ledger.standing(of: 2) == .unknown)
        #expect(ledger.standing(of: 0) == .unknown)
        ledger.end(5)
        #expect(ledger.standing(of: 5) == .ended)
        #expect(ledger.count == 3)
    }

    @Test("it remembers the last 256, and a place that is used again is clean")
    func span() {
        var ledger = StreamLedger()
        for stream in stride(from: Int32(1), to: 1_025, by: 2) {
            ledger.open(stream)
            #expect(ledger.standing(of: stream) == .open)
            if stream % 4 == 1 { ledger.end(stream) }
        }
        #expect(ledger.standing(of: 1_023) == .open)
        #expect(ledger.standing(of: 1_021) == .ended)
        #expect(ledger.standing(of: 513) == .ended)
        #expect(ledger.standing(of: 511) == .unknown)
    }

    @Test("a leap over more than it remembers leaves all of that skipped", arguments: [2, 255, 256, 257, 511, 512, 100_000, 0x3fff_ffff])
    func leap(numbers: Int32) {
        var ledger = StreamLedger()
        for stream in stride(from: Int32(1), to: 1_025, by: 2) { ledger.open(stream) }
        let last = numbers > 0x3000_0000 ? Int32.max : 1_023 + numbers * 2
        ledger.open(last)
        #expect(ledger.standing(of: last) == .open)
        #expect(ledger.standing(of: last - 2) == .skipped)
        let first = last - 2 * (min(numbers, 256) - 1)
        #expect(ledger.standing(of: first) == .skipped)
    }
}
