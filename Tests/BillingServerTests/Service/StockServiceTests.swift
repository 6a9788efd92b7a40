import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import TestSupport
import Testing

@testable import BillingServer

@Suite("Stock")
struct StockServiceTests {
    private let tenant: BillingTenant

    init() async throws { tenant = try await BillingWorld.shared().tenant() }

    private func onHand(_ product: Product) async throws -> Int64? { try await tenant.product(product.id).onHand?.milli }

    /// The debits less the credits of an account.
    private func balance(_ code: AccountCode) async throws -> Int64 {
        let account = try Account(code)
        let rows: [BalanceRow] = try await tenant.world.office.database.batch(tenant.scope) { $0.all(.balances(of: account)) }
        return rows.reduce(0) { $0 + $1.debit - $1.credit }
    }

    @Test("a delivery is batches, movements and one journal, against where its cost comes from; opening stock is equity")
    func receive() async throws {
        let (rice, soap) = (try await tenant.createProduct(), try await tenant.createProduct("Soap") { $0.unit = "pcs" })
        let request = ReceiveStockRequest.with {
            $0.items = [
                .with {
                    ($0.productID, $0.lot, $0.expiresOn) = (rice.id, "L1", "2030-01-31")
                    $0.quantity = .with { ($0.milli, $0.unit) = (2_500, "kg") }
                    $0.cost = .inr(10_000)
                },
                .with {
                    $0.productID = soap.id
                    $0.quantity = .with { $0.milli = 12_000 }
                    $0.cost = .inr(0)
                },
            ]
            ($0.receivedOn, $0.reference) = ("2025-10-01", "Bill 17")
        }
        let document = try await tenant.catalog.receiveStock(request, tenant.options(key: BillingTenant.newKey()))
        #expect(document.effectiveOn == "2025-10-01" && !document.journalID.isEmpty)
        #expect(document.movements.map(\.kind) == [.purchase, .purchase])
        #expect(document.batches.map(\.lot) == ["L1", ""])
        #expect(document.batches.first?.expiresOn == "2030-01-31")
        #expect(try await onHand(rice) == 2_500)
        #expect(try await onHand(soap) == 12_000)
        #expect(try await balance(.stock) == 10_000)
        #expect(try await balance(.payables) == -10_000)
        try await tenant.receive(rice, 1_000, cost: 300, .opening)
        try await tenant.receive(rice, 1_000, cost: 200, .bank)
        try await tenant.receive(rice, 1_000, cost: 100, .cash)
        #expect(try await balance(.openingEquity) == -300)
        #expect(try await balance(.bank) == -200)
        #expect(try await balance(.cash) == -100)
        let listed = try await tenant.movements { $0.documentID = document.id }
        #expect(listed.count == 2 && Set(listed.map(\.id)) == Set(document.movements.map(\.id)))
        #expect(listed.allSatisfy { $0.journalID == document.journalID && $0.reason == "Bill 17" && $0.movedBy == "tester/ada" })
        let valuation = try await tenant.valuation()
        #expect(valuation.totals == [.inr(10_600)] && valuation.ledgerBalances == valuation.totals)
        #expect(valuation.products.map { $0.value?.minorUnits } == [10_600, 0])
    }

    @Test("FEFO · what expires first leaves first, what has expired is not sold, and can only be written off")
    func expiry() async throws {
        let rice = try await tenant.createProduct()
        let expired = try await tenant.receive(rice, 1_000, cost: 111, expires: "2025-02-01", on: "2025-01-01")
        let late = try await tenant.receive(rice, 1_000, cost: 300, expires: "9999-01-01")
        let early = try await tenant.receive(rice, 1_000, cost: 200, expires: "9998-01-01")
        try await tenant.sell(1_500, of: rice)
        let sold = try await tenant.movements { $0.kind = .sale }
        #expect(sold.map(\.batchID) == [late.batches[0].id, early.batches[0].id])
        #expect(sold.map { $0.quantity?.milli } == [-500, -1_000])
        #expect(sold.map { $0.value?.minorUnits } == [-150, -200])
        await #expect(throws: BillingError.outOfStock(product: RecordID(rice.id) ?? .none, available: Quantity(milli: 500))) {
            try await tenant.sell(501, of: rice)
        }
        #expect(try await onHand(rice) == 1_500)
        let batches = try await tenant.catalog.listBatches(
            .with { ($0.productID, $0.expiresBy) = (rice.id, "2025-12-31") }, tenant.options()
        ).batches
        #expect(batches.map(\.id) == [expired.batches[0].id])
        #expect(await refusal { try await tenant.adjust(rice, by: -1_001, .expired) }?.reason == "INSUFFICIENT_STOCK")
        let written = try await tenant.adjust(rice, by: -1_000, .expired)
        #expect(written.movements.map(\.batchID) == [expired.batches[0].id])
        #expect(try await balance(.costOfGoodsSold) == 111 + 350)
        #expect(try await tenant.valuation().ledgerBalances == [.inr(150)])
    }

    @Test(
        "an adjustment posts value between 1200 and 5000: what is missing takes its share of the cost, what was found brings its own or the batch's"
    )
    func adjust() async throws {
        let rice = try await tenant.createProduct()
        let batch = try await tenant.receive(rice, 3_000, cost: 1_000).batches[0].id
        let missing = try await tenant.adjust(rice, by: -1_000)
        #expect(missing.movements.map { $0.value?.minorUnits } == [-333])
        #expect(missing.batches.map { $0.onHand?.milli } == [2_000])
        let found = try await tenant.adjust(rice, by: 1_000, batch: batch)
        #expect(found.movements.map { $0.value?.minorUnits } == [334], "667 for two of them")
        let broken = try await tenant.adjust(rice, by: -500, .damage, batch: batch)
        #expect(broken.movements.map(\.kind) == [.damage])
        let other = try await tenant.adjust(rice, by: 250, cost: 99)
        #expect(other.batches[0].id != batch && other.batches.map { $0.value?.minorUnits } == [99])
        let valuation = try await tenant.valuation()
        #expect(valuation.totals == valuation.ledgerBalances)
        #expect(try await onHand(rice) == 2_750)
        #expect(try await balance(.costOfGoodsSold) + balance(.stock) == 1_000)
    }

    @Test("BIL-6 · no stock from nowhere, none below zero, no quantity rounded to whole ones")
    func faults() async throws {
        let rice = try await tenant.createProduct()
        #expect(try await onHand(rice) == 0, "there is no 9999 of what was never received")
        #expect(await refusal { try await tenant.adjust(rice, by: -1) }?.reason == "INSUFFICIENT_STOCK")
        try await tenant.receive(rice, 1, cost: 1)
        try await tenant.receive(rice, 1_499, cost: 1)
        #expect(try await onHand(rice) == 1_500)
        let error = await refusal { try await tenant.adjust(rice, by: -1_501) }
        #expect(error?.code == .failedPrecondition && error?.reason == "INSUFFICIENT_STOCK")
        #expect(error?.message.contains("1.5 can be taken") == true)
        #expect(error?.detail(PreconditionFailure.self)?.violations.first?.subject == rice.id)
        #expect(try await onHand(rice) == 1_500)
        #expect(try await tenant.movements { $0.kind = .adjustment }.isEmpty)
        for database in [tenant.world.connections, tenant.world.administration] {
            await #expect(throws: PostgresError.self) {
                try await database.batch(tenant.scope) {
                    $0.enqueue("UPDATE stock_batch SET on_hand = -1 WHERE tenant_id = current_tenant()")
                }
            }
        }
        #expect(try await tenant.count("SELECT count(*) FROM stock_batch WHERE tenant_id = current_tenant() AND on_hand < 0") == 0)
    }

    @Test("quantities of 10^15 are counted exactly, what is more is refused, and nothing is half-posted")
    func large() async throws {
        let rice = try await tenant.createProduct()
        let most = Limits.stockMilli
        #expect(await refusal { try await tenant.receive(rice, most + 1, cost: 1) }?.violatedFields == ["items[0].quantity.milli"])
        #expect(await refusal { try await tenant.receive(rice, .max, cost: 1) }?.violatedFields == ["items[0].quantity.milli"])
        #expect(await refusal { try await tenant.receive(rice, 1, cost: .max) }?.violatedFields == ["items[0].cost.minor_units"])
        #expect(await refusal { try await tenant.adjust(rice, by: .min) }?.violatedFields == ["change.milli"])
        try await tenant.receive(rice, most, cost: Limits.amount)
        try await tenant.receive(rice, most, cost: Limits.amount)
        #expect(try await onHand(rice) == 2 * most)
        let taken = try await tenant.adjust(rice, by: -(most - 1))
        #expect(taken.movements.map { $0.value?.minorUnits } == [-(Limits.amount - 1)])
        #expect(try await onHand(rice) == most + 1)
        let valuation = try await tenant.valuation()
        #expect(valuation.totals == [.inr(Limits.amount + 1)] && valuation.totals == valuation.ledgerBalances)
        #expect(try await tenant.movements().count == 3)
    }

    @Test("the same delivery or adjustment twice is one, and its reply comes again byte for byte")
    func idempotency() async throws {
        let rice = try await tenant.createProduct()
        let key = BillingTenant.newKey()
        let received = try await tenant.receive(rice, 1_000, cost: 10, key: key)
        #expect(try await tenant.receive(rice, 1_000, cost: 10, key: key).encoded() == received.encoded())
        #expect(await refusal { try await tenant.receive(rice, 1_001, cost: 10, key: key) }?.reason == "IDEMPOTENCY_KEY_REUSED")
        let other = BillingTenant.newKey()
        let adjusted = try await tenant.adjust(rice, by: -1, key: other)
        #expect(try await tenant.adjust(rice, by: -1, key: other).encoded() == adjusted.encoded())
        #expect(try await onHand(rice) == 999)
    }

    @Test("what cannot be counted is refused as a whole: services, what is archived, another currency or unit, no day, a closed month")
    func refused() async throws {
        let rice = try await tenant.createProduct()
        let service = try await tenant.createProduct("Delivery") { ($0.isStocked, $0.unit) = (false, "hour") }
        #expect(await refusal { try await tenant.receive(service, 1, cost: 1) }?.reason == "PRECONDITION_FAILED")
        #expect(await refusal { try await tenant.receive(rice, 1, cost: 1, on: "2025-02-30") }?.violatedFields == ["received_on"])
        #expect(await refusal { try await tenant.receive(rice, 1, cost: 1, on: "9999-01-01") }?.violatedFields == ["received_on"])
        #expect(
            await refusal { try await tenant.receive(rice, 1, cost: 1, expires: "2025-01-01", on: "2025-01-02") }?.violatedFields
                == ["items[0].expires_on"])
        #expect(await refusal { try await tenant.adjust(rice, by: 5) }?.violatedFields == ["cost"])
        #expect(await refusal { try await tenant.adjust(rice, by: 5, .damage, cost: 1) }?.violatedFields == ["change.milli"])
        #expect(await refusal { try await tenant.adjust(rice, by: -5, batch: rice.id) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await tenant.adjust(rice, by: -5, .sale) }?.violatedFields == ["kind"])
        func receive(_ change: (inout ReceivedItem) -> Void) async -> RPCError? {
            var item = ReceivedItem.with {
                $0.productID = rice.id
                $0.quantity = .with { $0.milli = 1 }
                $0.cost = .inr(1)
            }
            let good = item
            change(&item)
            let items = [good, item]
            return await refusal {
                try await tenant.catalog.receiveStock(.with { $0.items = items }, tenant.options(key: BillingTenant.newKey()))
            }
        }
        #expect(await receive { $0.cost?.currencyCode = "USD" }?.reason == "CURRENCY_MISMATCH")
        #expect(await receive { $0.quantity?.unit = "pcs" }?.violatedFields == ["items[1].quantity.unit"])
        try await tenant.world.office.database.batch(tenant.scope) { $0.enqueue(.closePeriod(CivilDate(known: "2025-01-01"), by: "ada")) }
        let closed = await refusal { try await tenant.receive(rice, 1, cost: 1, on: "2025-01-05") }
        #expect(closed?.code == .failedPrecondition && closed?.reason == "PERIOD_LOCKED")
        _ = try await tenant.catalog.archiveProduct(.with { ($0.id, $0.etag) = (rice.id, "*") }, tenant.options())
        #expect(await refusal { try await tenant.receive(rice, 1, cost: 1) }?.reason == "PRECONDITION_FAILED")
        for table: SQL in ["stock_batch", "stock_movement", "ledger_journal"] {
            #expect(try await tenant.count("SELECT count(*) FROM \(table) WHERE tenant_id = current_tenant()") == 0)
        }
    }

    @Test("movements are listed by product, batch, kind and time, page by page; more than 366 days are too many")
    func movements() async throws {
        let (rice, soap) = (try await tenant.createProduct(), try await tenant.createProduct("Soap"))
        for number in 1...5 { try await tenant.receive(rice, Int64(number), cost: 1) }
        try await tenant.receive(soap, 1, cost: 1)
        try await tenant.adjust(rice, by: -1)
        #expect(try await tenant.movements { $0.pageSize = 2 }.count == 7)
        let ofRice = try await tenant.movements { ($0.productID, $0.pageSize) = (rice.id, 3) }
        #expect(ofRice.map { $0.quantity?.milli } == [-1, 5, 4, 3, 2, 1])
        #expect(try await tenant.movements { $0.batchID = ofRice[1].batchID }.count == 1)
        #expect(try await tenant.movements { $0.kind = .adjustment }.map(\.id) == [ofRice[0].id])
        #expect(try await tenant.movements { $0.before = ofRice[1].movedAt ?? Timestamp() }.count == 4)
        #expect(try await tenant.movements { $0.from = ofRice[1].movedAt ?? Timestamp() }.count == 3)
        let wide = await refusal {
            try await tenant.movements { request in
                request.from = .with { $0.seconds = 0 }
                request.before = .with { $0.seconds = 366 * 86_400 + 1 }
            }
        }
        #expect(wide?.code == .outOfRange && wide?.reason == "DATE_RANGE_TOO_WIDE")
    }

    @Test("what is low is ordered by what 30 days have sold, at least twice the minimum, at least ten")
    func reorder() async throws {
        let rice = try await tenant.createProduct { $0.minimumStock = .with { $0.milli = 5_000 } }
        let none = try await tenant.createProduct("Nothing sold")
        let plenty = try await tenant.createProduct("Plenty")
        try await tenant.receive(rice, 40_000, cost: 100)
        try await tenant.receive(plenty, 1, cost: 0)
        try await tenant.sell(36_000, of: rice)
        let suggestions = try await tenant.catalog.reorderSuggestions(ReorderSuggestionsRequest(), tenant.options()).suggestions
        #expect(suggestions.map(\.productID) == [none.id, rice.id])
        #expect(suggestions.map { $0.suggested?.milli } == [10_000, 54_000])
        #expect(suggestions.map { $0.soldIn30Days?.milli } == [0, 36_000])
    }
}
