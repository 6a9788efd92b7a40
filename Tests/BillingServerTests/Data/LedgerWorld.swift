import Net
import Postgres
import TestSupport
import Testing

@testable import BillingServer

/// The ledger's tables on a real PostgreSQL. Tests share one database, since each has a tenant of its own.
struct LedgerWorld: Sendable {
    /// As the role that serves.
    let connections: Database
    /// As a superuser, whom neither row-level security nor a missing grant holds.
    let administration: Database

    private static let sharedStart = Task { try await LedgerWorld(TestCluster.shared()) }

    static func shared() async throws -> LedgerWorld { try await sharedStart.value }

    init(_ cluster: TestCluster) async throws {
        let database = try await cluster.freshDatabase(BillingSchema.migrations)
        let loops = try EventLoopGroup(count: 2)
        var configuration = database.application
        // All suites run at once on whatever machine there is; no test waits this long unless it fails.
        configuration.longestWait = .seconds(300)
        configuration.connectTimeout = .seconds(300)
        configuration.longestStatement = .seconds(300)
        connections = Database(configuration, loops: loops.loops)
        administration = Database(database.administrator, loops: loops.loops)
    }

    /// A tenant that no other test has.
    func tenant() -> LedgerTenant {
        LedgerTenant(scope: Scope(tenant: "tenant-\(UInt64.random(in: 0 ... .max))", caller: "billing/ada", requestID: "1"), world: self)
    }
}

/// One tenant and its ledger.
struct LedgerTenant: Sendable {
    let scope: Scope
    let world: LedgerWorld

    static func newID() -> RecordID { RecordID(UInt128.random(in: 1 ... .max)) }

    /// Two lines: from one account to another.
    func posting(
        _ amount: Int64, debit: AccountCode = .cash, credit: AccountCode = .sales, on day: String = "2025-10-01",
        _ currency: Currency = .inr
    ) throws -> Posting {
        let money = Money(minorUnits: amount, currency)
        let journal = try Journal([JournalLine(.debit, Account(debit), money), JournalLine(.credit, Account(credit), money)])
        return Posting(
            id: Self.newID(), journal: journal, effectiveOn: CivilDate(known: day), document: .init(kind: .manual, id: Self.newID()),
            postedBy: "billing/ada")
    }

    func post(_ posting: Posting) async throws(PostgresError) {
        try await world.connections.batch(scope) { $0.enqueue(.postJournal(posting)) }
    }

    /// Statements as a careless program or a person would write them, in one transaction.
    func run(_ statements: SQL..., asAdministrator: Bool = false) async throws(PostgresError) {
        try await (asAdministrator ? world.administration : world.connections).batch(scope) { batch in
            for statement in statements { batch.enqueue(statement) }
        }
    }

    func trialBalance(asOf day: String = "9999-12-31") async throws -> [BalanceRow] {
        try await world.connections.batch(scope) { $0.all(.trialBalance(asOf: CivilDate(known: day))) }
    }

    /// The account's debits less its credits, in paise.
    func balance(of code: AccountCode, _ customer: RecordID? = nil) async throws -> Int64 {
        let account = try Account(code, of: customer)
        let rows: [BalanceRow] = try await world.connections.batch(scope) { $0.all(.balances(of: account)) }
        return rows.first { $0.currency == .inr }.map { $0.debit - $0.credit } ?? 0
    }
}

/// The constraint that refuses what a test does, or nil when nothing does.
func refusal(of body: () async throws(PostgresError) -> Void) async -> String? {
    do throws(PostgresError) {
        try await body()
        return nil
    } catch {
        return error.constraint ?? "\(error.kind)"
    }
}
