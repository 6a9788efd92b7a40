import BillingAPI
import Platform
import Protobuf
import RPC
import StandardTypes
import Testing

@testable import BillingServer

@Suite("LedgerService: months that are closed, and opened again by two")
struct PeriodCallTests {
    private func close(_ month: String, _ tenant: BillingTenant) async throws(RPCError) -> LedgerPeriod {
        try await tenant.ledger.closePeriod(.with { $0.month = month }, tenant.options())
    }

    private func ask(_ month: String, _ tenant: BillingTenant) async throws(RPCError) -> LedgerPeriod {
        try await tenant.ledger.askToReopenPeriod(
            .with {
                $0.month = month
                $0.reason = "an invoice was forgotten"
            }, tenant.options())
    }

    private func reopen(_ month: String, _ tenant: BillingTenant) async throws(RPCError) -> LedgerPeriod {
        try await tenant.ledger.reopenPeriod(.with { $0.month = month }, tenant.options())
    }

    @Test("a closed month takes no journal, not even a reversal; who asks to open it cannot open it, somebody else can")
    func fourEyes() async throws {
        let ada = try await BillingWorld.shared().tenant()
        let grace = ada.acting(as: "grace")
        let posted = try await ada.post(100, on: "2025-09-30")
        let closed = try await close("2025-09", ada)
        #expect((closed.month, closed.isClosed, closed.closedBy) == ("2025-09", true, "tester/ada"))
        #expect(try await close("2025-09", grace) == closed)
        let late = await refusal { try await ada.post(100, on: "2025-09-30") }
        #expect(late?.code == .failedPrecondition && late?.reason == "PERIOD_LOCKED")
        let reversal = await refusal {
            try await ada.ledger.reverseJournal(
                .with {
                    $0.id = posted.id
                    $0.description = "a slip"
                }, ada.options(key: BillingTenant.newKey()))
        }
        #expect(reversal?.reason == "PERIOD_LOCKED")
        try await ada.post(100, on: "2025-10-01")

        #expect(await refusal { try await reopen("2025-09", grace) }?.reason == "PRECONDITION_FAILED")
        #expect(try await ask("2025-09", ada).reopeningAskedBy == "tester/ada")
        let same = await refusal { try await reopen("2025-09", ada) }
        #expect(same?.code == .permissionDenied && same?.reason == "FOUR_EYES_REQUIRED")
        #expect(await refusal { try await ada.post(100, on: "2025-09-30") }?.reason == "PERIOD_LOCKED")
        let opened = try await reopen("2025-09", grace)
        #expect((opened.isClosed, opened.reopenedBy) == (false, "tester/grace"))
        try await ada.post(100, on: "2025-09-30")
        #expect(await refusal { try await ask("2025-09", ada) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await ask("2025-08", ada) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await close("2025-13", ada) }?.violatedFields == ["month"])
        #expect(try await close("2025-09", grace).reopeningAskedBy == "")
    }

    @Test("the same person through another service is the same person")
    func otherService() throws {
        func mayOpen(_ asked: String, _ caller: String) -> Bool { PeriodRow.isAnother(than: asked, caller) }
        #expect(!mayOpen("billing/ada", "voice/ada"))
        #expect(mayOpen("billing/ada", "billing/grace"))
        #expect(!mayOpen("billing/https://id.example/#ada/b", "voice/https://id.example/#ada/b"))
    }

    @Test("months that were closed are listed, the latest first, in pages")
    func list() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        for month in 1...5 { _ = try await close("2025-0\(month)", tenant) }
        var months: [String] = []
        var token = ""
        repeat {
            let reply = try await tenant.ledger.listPeriods(
                .with {
                    $0.pageSize = 2
                    $0.pageToken = token
                }, tenant.options())
            #expect(reply.periods.count <= 2)
            months += reply.periods.map(\.month)
            token = reply.nextPageToken
        } while !token.isEmpty
        #expect(months == ["2025-05", "2025-04", "2025-03", "2025-02", "2025-01"])
        let forged = await refusal { try await tenant.ledger.listPeriods(.with { $0.pageToken = "AAAA" }, tenant.options()) }
        #expect(forged?.reason == "PAGE_TOKEN_INVALID")
        let other = try await BillingWorld.shared().tenant()
        #expect(try await other.ledger.listPeriods(ListPeriodsRequest(), other.options()).periods.isEmpty)
    }
}
