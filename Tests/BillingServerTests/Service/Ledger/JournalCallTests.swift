import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import Testing

@testable import BillingServer

@Suite("LedgerService: journals by hand, accounts and their lines")
struct JournalCallTests {
    private func customer(of tenant: BillingTenant) async throws -> String {
        let id = RecordID(UInt128.random(in: 1 ... .max))
        try await tenant.world.administration.batch(tenant.scope) {
            $0.enqueue(
                """
                INSERT INTO customer (tenant_id, id, name, kind, created_at, updated_at)
                VALUES (current_tenant(), \(id), 'Asha', 'unregistered', now(), now())
                """)
        }
        return id.description
    }

    @Test("a journal is on its accounts at once, in their lines, in the trial balance of its day, and is posted once for each key")
    func post() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let customer = try await customer(of: tenant)
        let request = BillingTenant.journal(1_500_00) {
            $0.lines = [
                BillingTenant.line(.debit, 1100, 1_500_00, of: customer), BillingTenant.line(.credit, 3000, 1_000_00),
                BillingTenant.line(.credit, 3000, 500_00),
            ]
        }
        let key = BillingTenant.newKey()
        let first = try await tenant.ledger.postJournal(request, tenant.options(key: key))
        let again = try await tenant.ledger.postJournal(request, tenant.options(key: key))
        #expect(first.encoded(deterministic: true) == again.encoded(deterministic: true))
        #expect((first.documentKind, first.documentID, first.postedBy) == ("manual", first.id, "tester/ada"))
        #expect(first.lines == request.lines)
        #expect(try await tenant.rupees(on: 1100, of: customer) == 1_500_00)
        #expect(try await tenant.rupees(on: 3000) == -1_500_00)

        let entries = try await tenant.entries(of: 3000)
        #expect(entries.map(\.number) == [2, 3])
        #expect(entries.allSatisfy { $0.journalID == first.id && $0.effectiveOn == "2025-10-01" && $0.postedAt != nil })
        #expect(entries.first?.line == request.lines[1])
        let before = try await tenant.ledger.trialBalance(.with { $0.asOf = "2025-09-30" }, tenant.options())
        #expect(before.accounts.isEmpty)
        let after = try await tenant.ledger.trialBalance(.with { $0.asOf = "2025-10-01" }, tenant.options())
        #expect(after.accounts.map(\.account) == [1100, 3000])
        #expect(after.accounts.map(\.balance) == [1_500_00, -1_500_00])
        let other = try await BillingWorld.shared().tenant()
        #expect(try await other.account(3000).balances.isEmpty)
        #expect(try await other.entries(of: 3000).isEmpty)
    }

    @Test(
        "what is no journal is refused by the field, and nothing is posted",
        arguments: [
            ("2025-02-30", [(.debit, 1000, 5), (.credit, 3000, 5)], ["effective_on"]),
            ("2025-10-01", [(.debit, 1000, 5), (.credit, 3000, 4)], ["lines"]),
            ("2025-10-01", [(.debit, 1000, 0), (.credit, 3000, 5)], ["lines[0]"]),
            ("2025-10-01", [(.debit, 1000, -5), (.credit, 3000, -5)], ["lines[0]", "lines[1]"]),
            ("2025-10-01", [(.debit, 1100, 5), (.credit, 3000, 5)], ["lines[0]"]),
            ("2025-10-01", [(.debit, 1200, 5), (.credit, 2140, 5)], ["lines[0].account", "lines[1].account"]),
            ("2025-10-01", [(.debit, 999, 5), (.credit, 3000, 5)], ["lines[0].account"]),
            ("2025-10-01", [(.debit, 1000, 5)], ["lines"]),
        ] as [(String, [(LedgerSide, Int32, Int64)], [String])])
    func refused(day: String, lines: [(LedgerSide, Int32, Int64)], fields: [String]) async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let request = BillingTenant.journal(1, on: day) { $0.lines = lines.map { BillingTenant.line($0.0, $0.1, $0.2) } }
        let error = await refusal { try await tenant.ledger.postJournal(request, tenant.options(key: BillingTenant.newKey())) }
        #expect(error?.code == .invalidArgument && error?.reason == "FIELD_VIOLATION")
        #expect(error?.violatedFields == fields)
        #expect(try await tenant.count("SELECT count(*) FROM ledger_journal WHERE tenant_id = current_tenant()") == 0)
    }

    @Test(
        "two currencies are balanced each by itself; a customer who is not there is not found; what documents keep is posted to when it is meant"
    )
    func edges() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        func error(_ change: (inout PostJournalRequest) -> Void) async -> RPCError? {
            await refusal {
                try await tenant.ledger.postJournal(BillingTenant.journal(1, change), tenant.options(key: BillingTenant.newKey()))
            }
        }
        let mixed = await error {
            $0.lines = [BillingTenant.line(.debit, 1000, 5, "INR"), BillingTenant.line(.credit, 3000, 5, "USD")]
        }
        #expect(mixed?.violatedFields == ["lines"])
        let nobody = "01890000-0000-7000-8000-000000000000"
        let absent = await error { $0.lines[0] = BillingTenant.line(.debit, 1100, 1, of: nobody) }
        #expect(absent?.code == .notFound && absent?.reason == "RESOURCE_NOT_FOUND")
        #expect(absent?.detail(ResourceInfo.self)?.resourceType == "switchboard.billing.v1.Customer")
        let deleted = try await customer(of: tenant)
        try await tenant.delete(deleted)
        #expect(await error { $0.lines[0] = BillingTenant.line(.debit, 1100, 1, of: deleted) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await error { $0.effectiveOn = "" }?.violatedFields == ["effective_on"])
        #expect(try await tenant.count("SELECT count(*) FROM ledger_journal WHERE tenant_id = current_tenant()") == 0)
        #expect(
            await error {
                $0.lines[0].account = 1200
                $0.onKeptAccounts = true
            } == nil)
        #expect(try await tenant.rupees(on: 1200) == 1)
        let most = Limits.amount
        let huge = await error { $0.lines = [.debit, .credit].map { BillingTenant.line($0, $0 == .debit ? 1000 : 4000, most + 1) } }
        #expect(huge?.violatedFields == ["lines[0]", "lines[1]"])
        let large = await error { $0.lines = [.debit, .credit].map { BillingTenant.line($0, $0 == .debit ? 1000 : 4000, most) } }
        #expect(large == nil)
        #expect(try await tenant.rupees(on: 1000) == most)
    }

    @Test("a journal by hand is taken back once; a document's journal names the document, and one that is not there is not found")
    func reverse() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let posted = try await tenant.post(700)
        func reverse(_ id: String, on day: String = "") async throws(RPCError) -> LedgerJournal {
            try await tenant.ledger.reverseJournal(
                .with {
                    $0.id = id
                    $0.effectiveOn = day
                    $0.description = "a slip"
                }, tenant.options(key: BillingTenant.newKey()))
        }
        #expect(await refusal { try await reverse(posted.id, on: "2025-10-32") }?.violatedFields == ["effective_on"])
        #expect(await refusal { try await reverse(posted.id, on: "2025-09-30") }?.violatedFields == ["effective_on"])
        let reversal = try await reverse(posted.id, on: "2025-10-05")
        #expect(reversal.reversesID == posted.id)
        #expect(reversal.lines.map(\.side) == [.credit, .debit])
        #expect(try await tenant.rupees(on: 1000) == 0)
        let twice = await refusal { try await reverse(posted.id) }
        #expect(twice?.code == .failedPrecondition && twice?.reason == "PRECONDITION_FAILED")
        #expect(twice?.detail(PreconditionFailure.self)?.violations.isEmpty == false)

        let document = LedgerTenant.newID()
        let journal = Posting(
            id: LedgerTenant.newID(),
            journal: try Journal([
                JournalLine(.debit, Account(.cash), Money(minorUnits: 5, .inr)),
                JournalLine(.credit, Account(.sales), Money(minorUnits: 5, .inr)),
            ]), effectiveOn: CivilDate(known: "2025-10-01"), document: .init(kind: .invoice, id: document), postedBy: "billing/ada")
        try await tenant.world.connections.batch(tenant.scope) { $0.enqueue(.postJournal(journal)) }
        let documents = await refusal { try await reverse(journal.id.description) }
        #expect(documents?.reason == "PRECONDITION_FAILED")
        #expect(documents?.message.contains("invoice \(document)") == true)
        #expect(await refusal { try await reverse(document.description) }?.reason == "RESOURCE_NOT_FOUND")
        let other = try await BillingWorld.shared().tenant()
        let stranger = await refusal {
            try await other.ledger.reverseJournal(
                .with {
                    $0.id = posted.id
                    $0.description = "x"
                }, other.options(key: BillingTenant.newKey()))
        }
        #expect(stranger?.reason == "RESOURCE_NOT_FOUND")
        #expect(try await tenant.count("SELECT count(*) FROM ledger_journal WHERE tenant_id = current_tenant()") == 3)
    }

    @Test("lines come by day through more than one page, each once, and at most 366 days at a time")
    func pages() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        try await tenant.world.connections.batch(tenant.scope) { batch in
            batch.enqueue(
                """
                WITH journal AS (
                    INSERT INTO ledger_journal (tenant_id, id, effective_on, document_kind, document_id, posted_by, line_count)
                    SELECT current_tenant(), gen_random_uuid(), '2025-10-01'::date + n % 7, 'manual', gen_random_uuid(), 'ada', 3
                    FROM generate_series(1, 700) AS n RETURNING id, effective_on
                )
                INSERT INTO ledger_line (tenant_id, journal_id, number, effective_on, line_count, account, currency, debit, credit)
                SELECT current_tenant(), id, number, effective_on, 3, CASE number WHEN 1 THEN 1000 ELSE 4000 END, 'INR',
                    CASE number WHEN 1 THEN 2 ELSE 0 END, CASE number WHEN 1 THEN 0 ELSE 1 END
                FROM journal CROSS JOIN generate_series(1, 3) AS number
                """)
        }
        let entries = try await tenant.entries(of: 4000, to: "2025-10-06")
        #expect(entries.count == 1_200)
        #expect(entries.map(\.effectiveOn) == entries.map(\.effectiveOn).sorted())
        #expect(Set(entries.map { "\($0.journalID) \($0.number)" }).count == 1_200)
        #expect(try await tenant.entries(of: 4000, from: "2025-10-02", to: "2026-10-02").count == 1_200)
        let wide = await refusal { try await tenant.entries(of: 4000, from: "2025-10-01", to: "2026-10-02") }
        #expect(wide?.code == .outOfRange && wide?.reason == "DATE_RANGE_TOO_WIDE")
        let backwards = await refusal { try await tenant.entries(of: 4000, from: "2025-10-02", to: "2025-10-01") }
        #expect(backwards?.violatedFields == ["to"])
        #expect(await refusal { try await tenant.entries(of: 1100) }?.violatedFields == ["customer_id"])
    }
}
