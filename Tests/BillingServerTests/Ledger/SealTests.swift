import Resources
import Testing

@testable import BillingServer

@Suite("Seals over journals, without a database")
struct SealTests {
    private static func journal(_ id: UInt128, postedIn: Int64 = 7) -> SealedJournal {
        SealedJournal(
            place: JournalPlace(postedIn: postedIn, id: RecordID(id)), day: 20_362,
            postedAt: Instant(unixMicroseconds: 1_700_000_000_000_000),
            documentKind: "manual", documentID: RecordID(2), description: "Verkäufe", postedBy: "billing/ada", lineCount: 2, reverses: nil,
            lines: [line(1, 1_100, RecordID(3), debit: 500), line(2, 4_000, .none, credit: 500)])
    }

    private static func line(
        _ number: Int16, _ account: Int32, _ party: RecordID, debit: Int64 = 0, credit: Int64 = 0
    ) -> SealedJournal.Line {
        .init(number: number, day: 20_362, lineCount: 2, account: account, party: party, currency: "INR", debit: debit, credit: credit)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    @Test("the bytes are those that are written down: another program computes the same digests of them")
    func golden() throws {
        let journal = Self.journal(1)
        #expect(Self.hex(journal.digest) == "f7fe4cd6eed724da2292ed677e7b4ef391473cde7e255e03d8406226be7bc3e8")
        let seal = try #require(LedgerSeal(after: nil, [journal], of: "acme"))
        #expect(Self.hex(seal.digest) == "fbe65b7aed2d866e97f5e512ea45951dfc0a858d693d899a2df3c43f36723860")
        #expect(seal.computedDigest(of: "acme") == seal.digest)
        #expect(seal.computedDigest(of: "emca") != seal.digest)
    }

    @Test("every part of a journal is in its digest")
    func parts() {
        let whole = Self.journal(1)
        var changed: [SealedJournal] = [Self.journal(2), Self.journal(1, postedIn: 8)]
        func change(_ body: (inout SealedJournal) -> Void) {
            var journal = whole
            body(&journal)
            changed.append(journal)
        }
        change { $0.day += 1 }
        change { $0.postedAt = Instant(unixMicroseconds: 1_700_000_000_000_001) }
        change { $0.documentKind = "invoice" }
        change { $0.documentID = RecordID(9) }
        change { $0.description = "" }
        change { $0.postedBy = "billing/eve" }
        change { $0.lineCount = 3 }
        change { $0.reverses = RecordID(4) }
        change { $0.lines.removeLast() }
        change { $0.lines.swapAt(0, 1) }
        change { $0.lines[0].number = 3 }
        change { $0.lines[0].day += 1 }
        change { $0.lines[0].lineCount = 3 }
        change { $0.lines[0].account = 1_000 }
        change { $0.lines[0].party = .none }
        change { $0.lines[0].currency = "USD" }
        change { $0.lines[0].debit += 1 }
        change { ($0.lines[1].debit, $0.lines[1].credit) = (500, 0) }
        #expect(Set(changed.map(\.digest)).union([whole.digest]).count == changed.count + 1)
        #expect(whole.flaw == nil)
        #expect(changed.filter { $0.flaw != nil }.count == 5)
    }

    @Test("a chain says which seals are gone, changed or of another chain, and a cut is seen by whoever knows its end")
    func chain() throws {
        let first = try #require(LedgerSeal(after: nil, [Self.journal(1)], of: "acme"))
        let second = try #require(LedgerSeal(after: first, [Self.journal(2), Self.journal(3)], of: "acme"))
        let third = try #require(LedgerSeal(after: second, [Self.journal(4)], of: "acme"))
        #expect(LedgerSeal(after: third, [], of: "acme") == nil)
        func flaws(_ seals: [LedgerSeal], knowing known: LedgerSeal? = nil) -> [SealChain.Flaw] {
            var chain = SealChain(of: "acme", known: known.map { ($0.number, $0.digest) })
            let flaws = seals.flatMap { chain.add($0).flaws }
            return flaws + [chain.end].compactMap { $0 }
        }
        #expect(flaws([first, second, third], knowing: third).isEmpty)
        #expect(flaws([first, third]) == [.missing(2...2)])
        #expect(flaws([third]) == [.missing(1...2)])
        #expect(flaws([first, second]).isEmpty)
        #expect(flaws([first, second], knowing: third) == [.missing(3...3)])
        #expect(flaws([], knowing: second) == [.missing(1...2)])
        let changed = LedgerSeal(
            number: 2, previousDigest: second.previousDigest, digest: second.digest, first: second.first, last: second.last,
            contents: SealContents([Self.journal(2), Self.journal(4)]))
        #expect(flaws([first, changed, third]) == [.altered])
        let other = try #require(LedgerSeal(after: first, [Self.journal(2)], of: "acme"))
        #expect(flaws([first, other, third]) == [.unlinked])
        #expect(flaws([first, other], knowing: second) == [.unknown])

        // Where seals are missing, only what stands from the next one's beginning on is known to be its own.
        var chain = SealChain(of: "acme", known: nil)
        #expect(chain.add(second).after < second.first)
        #expect(chain.add(third).after == second.last)
        var check = SealCheck(second)
        #expect(check.look(at: Self.journal(2)) == nil)
        #expect(check.look(at: Self.journal(5)) == .added)
        var forged = Self.journal(3)
        forged.lines[0].debit = 1
        #expect(check.missing == [RecordID(3)])
        #expect(check.look(at: forged) == .altered)
        #expect(check.missing.isEmpty)
    }
}
