import Postgres
import Resources
import Testing

@testable import BillingServer

/// What the statements of stock and tax rates do on a real PostgreSQL, and what the database refuses whoever asks.
@Suite("Stock and tax rates in the database")
struct StockDataTests {
    private let tenant: LedgerTenant
    private let product = LedgerTenant.newID()
    private let batch = LedgerTenant.newID()
    private let now = Instant(unixMicroseconds: 1_760_000_000_000_000)

    init() async throws {
        tenant = try await LedgerWorld.shared().tenant()
        try await tenant.run(
            """
            INSERT INTO product (
                tenant_id, id, name, folded_name, words, hsn, unit, currency, price, is_stocked, created_at, updated_at
            ) VALUES (current_tenant(), \(product), 'Rice', 'rice', '{rice}', '1006', 'kg', 'INR', 6000, true, now(), now())
            """,
            """
            INSERT INTO stock_batch (tenant_id, id, product_id, received_on, on_hand, value)
            VALUES (current_tenant(), \(batch), \(product), '2025-10-01', 0, 0)
            """)
    }

    private func change(_ kind: StockMovement.Kind, _ moves: [(batch: RecordID, milli: Int64, value: Int64)]) -> SQL {
        .moveStock(
            StockChange(
                kind: kind,
                movements: moves.map {
                    StockMovement(id: LedgerTenant.newID(), batch: $0.batch, quantity: Quantity(milli: $0.milli), value: $0.value)
                },
                document: .init(kind: .stockMovement, id: LedgerTenant.newID()), journal: nil, movedBy: "billing/ada", movedAt: now))
    }

    private func batches() async throws -> [StockBatchRow] {
        try await tenant.world.connections.batch(tenant.scope) { $0.all(.lockStock(of: [product])) }
    }

    private func onHandInMovements() async throws -> [Int64] {
        try await tenant.world.connections.batch(tenant.scope) {
            $0.all(
                "SELECT on_hand FROM stock_movement WHERE tenant_id = current_tenant() AND batch_id = \(batch) ORDER BY moved_at, on_hand")
        }
    }

    @Test("Movements of one document change their batches, and each row says what was there after it")
    func move() async throws {
        try await tenant.run(change(.purchase, [(batch, 5_000, 100)]))
        try await tenant.run(change(.sale, [(batch, -1_000, -20), (batch, -1_500, -30)]))
        let rows = try await batches()
        #expect(rows.map(\.batch.onHand.milli) == [2_500])
        #expect(rows.map(\.batch.value) == [50])
        #expect(rows.map(\.product) == [product])
        #expect(try await onHandInMovements() == [2_500, 4_000, 5_000])
    }

    @Test("What would leave less than nothing is refused as a whole, by the statement and by raw SQL; so is a batch that is not there")
    func negative() async throws {
        try await tenant.run(change(.purchase, [(batch, 1_000, 10)]))
        #expect(
            await refusal { () async throws(PostgresError) in try await tenant.run(change(.sale, [(batch, -1_001, -10)])) }
                == "stock_batch_on_hand")
        #expect(
            await refusal { () async throws(PostgresError) in
                try await tenant.run(change(.sale, [(batch, -600, -6), (batch, -600, -4)]))
            } == "stock_batch_on_hand")
        #expect(
            await refusal { () async throws(PostgresError) in try await tenant.run(change(.sale, [(LedgerTenant.newID(), -1, 0)])) } != nil)
        for asAdministrator in [false, true] {
            #expect(
                await refusal { () async throws(PostgresError) in
                    try await tenant.run("UPDATE stock_batch SET on_hand = -1 WHERE id = \(batch)", asAdministrator: asAdministrator)
                } == "stock_batch_on_hand")
        }
        #expect(try await batches().map(\.batch.onHand.milli) == [1_000])
        #expect(try await onHandInMovements() == [1_000])
    }

    @Test("A movement and a tax rate are never changed or removed, by whoever asks")
    func appendOnly() async throws {
        try await tenant.run(
            change(.purchase, [(batch, 1_000, 10)]),
            """
            INSERT INTO tax_rate (tenant_id, hsn_prefix, effective_from, taxability, rate, source, set_by, set_at)
            VALUES (current_tenant(), '10', '2025-09-22', 'taxable', 500, 'Notification 9/2025', 'ada', now())
            """)
        for statement: SQL in [
            "UPDATE stock_movement SET quantity = 1", "DELETE FROM stock_movement", "UPDATE tax_rate SET rate = 1", "DELETE FROM tax_rate",
        ] {
            #expect(await refusal { () async throws(PostgresError) in try await tenant.run(statement) } == "insufficientPrivilege")
            let refused = await refusal { () async throws(PostgresError) in try await tenant.run(statement, asAdministrator: true) }
            #expect(refused?.hasSuffix("append_only") == true)
        }
    }

    @Test("The rates of a code are those of its prefixes, each until the day before the next of its prefix, in one statement")
    func rates() async throws {
        func set(_ prefix: String, _ from: String, _ rate: Int32, cess: Int32 = 0) -> SQL {
            """
            INSERT INTO tax_rate (tenant_id, hsn_prefix, effective_from, taxability, rate, cess, source, set_by, set_at)
            VALUES (current_tenant(), \(prefix), \(CivilDate(known: from)), 'taxable', \(rate), \(cess), 'law', 'ada', now())
            """
        }
        try await tenant.run(
            set("33", "2017-07-01", 1_800), set("33", "2025-09-22", 500), set("3304", "2017-07-01", 1_800), set("34", "2017-07-01", 1_800),
            set("2701", "2017-07-01", 0, cess: 400))
        let (code, coal) = (try HSNCode("33051010"), try HSNCode("2701"))
        let rows: [TaxRateRow] = try await tenant.world.connections.batch(tenant.scope) {
            $0.all(.taxRates(prefixesOf: [code, coal]))
        }
        #expect(rows.count == 3)
        let table = try TaxRateTable(rows)
        #expect(try table.rate(for: code, on: CivilDate(known: "2025-09-21")).rate.basisPoints == 1_800)
        #expect(try table.rate(for: code, on: CivilDate(known: "2025-09-22")).rate.basisPoints == 500)
        #expect(rows.first { $0.rate.rate.basisPoints == 1_800 }?.rate.through == CivilDate(known: "2025-09-21"))
        #expect(try table.rate(for: HSNCode("2701"), on: Samples.day).cess.basisPoints == 400)
        #expect(throws: BillingError.taxRateMissing(hsn: code, date: CivilDate(known: "2017-06-30"))) {
            try table.rate(for: code, on: CivilDate(known: "2017-06-30"))
        }
        let other = try await LedgerWorld.shared().tenant()
        let foreign: [TaxRateRow] = try await other.world.connections.batch(other.scope) { $0.all(.taxRates(prefixesOf: [code])) }
        #expect(foreign.isEmpty)
    }
}
