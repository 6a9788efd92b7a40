import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import BillingServer

@Suite("Stock under many who want it")
struct StockConcurrencyTests {
    private let tenant: BillingTenant

    init() async throws { tenant = try await BillingWorld.shared().tenant() }

    /// How many of 32 got it, and why the others did not.
    private func race(_ want: @escaping @Sendable (Int) async throws -> Void) async -> (won: Int, refusals: Set<String>) {
        await withTaskGroup(of: String?.self) { group in
            for number in 0..<32 {
                group.addTask {
                    do {
                        try await want(number)
                        return nil
                    } catch let error as RPCError {
                        return error.reason
                    } catch {
                        return (error as? BillingError)?.reason.rawValue ?? "\(error)"
                    }
                }
            }
            return await group.reduce(into: (won: 0, refusals: Set<String>())) { result, reason in
                if let reason { result.refusals.insert(reason) } else { result.won += 1 }
            }
        }
    }

    @Test("BIL-6 · of 32 who sell the last piece at once exactly one does")
    func lastPiece() async throws {
        let rice = try await tenant.createProduct()
        try await tenant.receive(rice, 1_000, cost: 7)
        let tenant = tenant
        let result = await race { _ in try await tenant.sell(1_000, of: rice) }
        #expect(result.won == 1 && result.refusals == ["INSUFFICIENT_STOCK"], "\(result)")
        #expect(try await tenant.product(rice.id).onHand?.milli == 0)
        #expect(try await tenant.valuation().ledgerBalances == [.inr(0)])
    }

    @Test("of 32 who write off the last piece at once, and of 32 who reserve it, exactly one does; and reserved it is not sold")
    func others() async throws {
        let rice = try await tenant.createProduct()
        try await tenant.receive(rice, 1_000, cost: 7)
        let tenant = tenant
        let reserved = await race { number in
            _ = try await tenant.reserve(1_000, of: rice, for: RecordID(UInt128(number + 1)).description)
        }
        #expect(reserved.won == 1 && reserved.refusals == ["INSUFFICIENT_STOCK"], "\(reserved)")
        let sold = await race { _ in try await tenant.sell(1, of: rice, for: RecordID(99)) }
        #expect(sold.won == 0 && sold.refusals == ["INSUFFICIENT_STOCK"], "\(sold)")
        let damaged = await race { _ in try await tenant.adjust(rice, by: -1_000, .damage) }
        #expect(damaged.won == 1 && damaged.refusals == ["INSUFFICIENT_STOCK"], "\(damaged)")
    }

    @Test("sellers and reservers at once never take more than there is, of several products in any order")
    func mixed() async throws {
        let products = [try await tenant.createProduct("A"), try await tenant.createProduct("B"), try await tenant.createProduct("C")]
        for product in products {
            for _ in 0..<3 { try await tenant.receive(product, 4_000, cost: 13) }
        }
        let tenant = tenant
        let result = await race { number in
            let product = products[number % 3]
            if number % 2 == 0 {
                try await tenant.sell(1_000, of: product, for: RecordID(UInt128(number + 1)))
            } else {
                _ = try await tenant.reserve(1_000, of: product, for: RecordID(UInt128(number + 1)).description)
            }
        }
        #expect(result.won == 32, "\(result)")
        for product in products {
            let now = try await tenant.product(product.id)
            #expect((now.onHand?.milli ?? 0) >= (now.reserved?.milli ?? 0))
        }
    }

    @Test(
        "whatever is received, found, lost, sold and reserved at random by eight at once: batches are their movements, and worth account 1200"
    )
    func property() async throws {
        let seed = Soak.seed(7_052)
        let operations = Soak.isOn ? 2_000 : 30
        let products = [try await tenant.createProduct("A"), try await tenant.createProduct("B"), try await tenant.createProduct("C")]
        let tenant = tenant
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var random = SeededRandom(seed: seed &+ UInt64(worker))
                    for _ in 0..<operations { try await Self.operate(tenant, products, &random) }
                }
            }
            try await group.waitForAll()
        }
        let valuation = try await tenant.valuation()
        #expect(valuation.totals == valuation.ledgerBalances && !valuation.totals.isEmpty, "seed \(seed)")
        let wrong = try await tenant.count(
            """
            SELECT count(*) FROM stock_batch LEFT JOIN (
                SELECT batch_id, sum(quantity) AS quantity, sum(value) AS value FROM stock_movement
                WHERE tenant_id = current_tenant() GROUP BY batch_id
            ) AS moved ON batch_id = id
            WHERE tenant_id = current_tenant() AND (on_hand <> coalesce(quantity, 0) OR stock_batch.value <> coalesce(moved.value, 0))
            """)
        #expect(wrong == 0, "seed \(seed)")
        let moved = try await tenant.count("SELECT count(*) FROM stock_movement WHERE tenant_id = current_tenant()")
        #expect(moved > operations, "seed \(seed)")
        let balances: [BalanceRow] = try await tenant.world.office.database.batch(tenant.scope) { $0.all(.wrongBalances) }
        #expect(balances.isEmpty, "seed \(seed)")
    }

    private static func operate(_ tenant: BillingTenant, _ products: [Product], _ random: inout SeededRandom) async throws {
        let product = products[Int.random(in: 0..<3, using: &random)]
        let milli = Int64.random(in: 1...5_000, using: &random)
        do {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1: try await tenant.receive(product, milli, cost: Int64.random(in: 0...9_999, using: &random))
            case 2: try await tenant.adjust(product, by: milli, cost: Int64.random(in: 0...99, using: &random))
            case 3: try await tenant.adjust(product, by: -milli, Bool.random(using: &random) ? .damage : .adjustment)
            case 4: _ = try await tenant.reserve(milli / 4 + 1, of: product, for: RecordID(UInt128(milli)).description, seconds: 1)
            default: try await tenant.sell(milli, of: product)
            }
        } catch let error as RPCError where error.reason == "INSUFFICIENT_STOCK" {
        } catch BillingError.outOfStock {}
    }
}
