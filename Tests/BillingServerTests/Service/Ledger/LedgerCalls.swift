import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import BillingServer

/// How a tenant calls its ledger.
extension BillingTenant {
    var ledger: LedgerServiceClient { LedgerServiceClient(world.channel) }

    static func line(_ side: LedgerSide, _ account: Int32, _ paise: Int64, _ currency: String = "INR", of customer: String = "")
        -> LedgerLine
    {
        .with {
            $0.account = account
            $0.customerID = customer
            $0.side = side
            $0.amount = .with {
                $0.currencyCode = currency
                $0.minorUnits = paise
            }
        }
    }

    static func journal(
        _ paise: Int64, on day: String = "2025-10-01", _ change: (inout PostJournalRequest) -> Void = { _ in }
    ) -> PostJournalRequest {
        var request = PostJournalRequest()
        request.effectiveOn = day
        request.description = "by hand"
        request.lines = [line(.debit, 1000, paise), line(.credit, 3000, paise)]
        change(&request)
        return request
    }

    @discardableResult
    func post(_ paise: Int64, on day: String = "2025-10-01") async throws(RPCError) -> LedgerJournal {
        try await ledger.postJournal(Self.journal(paise, on: day), options(key: Self.newKey()))
    }

    func account(_ number: Int32, of customer: String = "") async throws(RPCError) -> LedgerAccount {
        try await ledger.getAccount(
            .with {
                $0.account = number
                $0.customerID = customer
            }, options())
    }

    /// What the tenant's rupees on an account are, debits less credits.
    func rupees(on number: Int32, of customer: String = "") async throws(RPCError) -> Int64 {
        try await account(number, of: customer).balances.first { $0.currencyCode == "INR" }?.balance ?? 0
    }

    func entries(of account: Int32, from: String = "2025-10-01", to: String = "2025-10-31") async throws -> [LedgerEntry] {
        let request = ListEntriesRequest.with {
            $0.account = account
            $0.from = from
            $0.to = to
        }
        var entries: [LedgerEntry] = []
        for try await entry in try await ledger.listEntries(request, options()) { entries.append(entry) }
        return entries
    }

    /// Seals what the tenant has posted: so many journals, under as few seals as they need. What other tests are at in the same database may
    /// hold them back for a moment.
    func seal(_ count: Int) async throws {
        try await eventually("\(count) journals can be sealed") {
            try await self.count(
                """
                SELECT (SELECT count(*) FROM ledger_journal WHERE tenant_id = current_tenant() AND posted_in < ledger_horizon())
                    - (SELECT coalesce(sum(journal_count), 0) FROM ledger_seal WHERE tenant_id = current_tenant())
                """) == count
        }
        let sealer = LedgerSealer(world.connections, log: Log(minimum: .error))
        // A test that has servers seal for all tenants may have this one's lock just now.
        var sealed = 0
        try await eventually("\(count) journals are sealed") {
            sealed += try await sealer.seal(name)
            return sealed >= count
        }
        #expect(sealed == count)
    }

    /// What VerifyLedger finds, and its verdict.
    func verify(knowing known: KnownSeal? = nil) async throws -> (findings: [LedgerFinding], verdict: LedgerVerdict) {
        var request = VerifyLedgerRequest()
        request.knownSeal = known
        var parts: [VerifyLedgerReply.Part] = []
        for try await reply in try await ledger.verifyLedger(request, options()) { if let part = reply.part { parts.append(part) } }
        guard case .verdict(let verdict)? = parts.last else { throw MissingVerdict() }
        let findings = parts.compactMap { part in if case .finding(let finding) = part { finding } else { LedgerFinding?.none } }
        #expect(verdict.findings == Int64(findings.count))
        #expect(verdict.isIntact == findings.isEmpty)
        return (findings, verdict)
    }

    private struct MissingVerdict: Error {}

    /// What somebody does whom no trigger, no grant and no foreign key stops.
    func forge(_ statements: SQL...) async throws {
        try await world.administration.batch(scope) { batch in
            batch.enqueue("SET LOCAL session_replication_role = replica")
            for statement in statements { batch.enqueue(statement) }
        }
    }
}
