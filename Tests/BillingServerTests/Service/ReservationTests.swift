import BillingAPI
import Platform
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import BillingServer

@Suite("Reservations")
struct ReservationTests {
    private static func document(_ number: Int) -> String { RecordID(UInt128(number)).description }

    @Test("what is reserved nobody else takes; its own document does; released it is free, and releasing it again changes nothing")
    func reserve() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let rice = try await tenant.createProduct()
        try await tenant.receive(rice, 10_000, cost: 100)
        let first = try await tenant.reserve(6_000, of: rice, for: Self.document(1))
        #expect(try await tenant.product(rice.id).reserved?.milli == 6_000)
        #expect(await refusal { try await tenant.reserve(4_001, of: rice, for: Self.document(2)) }?.reason == "INSUFFICIENT_STOCK")
        await #expect(throws: BillingError.self) { try await tenant.sell(4_001, of: rice) }
        try await tenant.sell(1_000, of: rice)
        // Replaces the first.
        let second = try await tenant.reserve(9_000, of: rice, for: Self.document(1))
        #expect(try await tenant.product(rice.id).reserved?.milli == 9_000)
        let released = try await tenant.catalog.releaseReservation(.with { $0.id = second.id }, tenant.options())
        #expect(released.items == second.items && released.documentID == Self.document(1))
        #expect(try await tenant.product(rice.id).reserved?.milli == 0)
        #expect(try await tenant.catalog.releaseReservation(.with { $0.id = second.id }, tenant.options()) == released)
        #expect(try await tenant.catalog.releaseReservation(.with { $0.id = first.id }, tenant.options()).items == first.items)
        #expect(
            await refusal { try await tenant.catalog.releaseReservation(.with { $0.id = rice.id }, tenant.options()) }?.reason
                == "RESOURCE_NOT_FOUND")
        _ = try await tenant.reserve(9_000, of: rice, for: Self.document(3))
        try await tenant.sell(9_000, of: rice, for: RecordID(3))
        let after = try await tenant.product(rice.id)
        #expect(after.onHand?.milli == 0 && after.reserved?.milli == 0)
    }

    @Test("several items are reserved all or none, and items of one product count together")
    func allOrNone() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let (rice, soap) = (try await tenant.createProduct(), try await tenant.createProduct("Soap"))
        try await tenant.receive(rice, 1_000, cost: 1)
        try await tenant.receive(soap, 1_000, cost: 1)
        func reserve(_ items: [(Product, Int64)]) async throws -> StockReservation {
            let request = ReserveStockRequest.with {
                $0.documentID = Self.document(1)
                $0.items = items.map { item in
                    .with {
                        $0.productID = item.0.id
                        $0.quantity = .with { $0.milli = item.1 }
                    }
                }
            }
            return try await tenant.catalog.reserveStock(request, tenant.options(key: BillingTenant.newKey()))
        }
        let short = await refusal { try await reserve([(soap, 1_000), (rice, 600), (rice, 600)]) }
        #expect(short?.reason == "INSUFFICIENT_STOCK")
        #expect(short?.detail(PreconditionFailure.self)?.violations.first?.subject == rice.id)
        #expect(try await tenant.product(soap.id).reserved?.milli == 0)
        #expect(try await reserve([(soap, 1_000), (rice, 600), (rice, 400)]).items.map { $0.quantity?.milli } == [1_000, 1_000])
        #expect(await refusal { try await reserve([(soap, 0)]) }?.violatedFields == ["items[0].quantity.milli"])
    }

    @Test("a reservation counts to its second and not after it, though nobody cleans up; days are the tenant's")
    func expiry() async throws {
        // 2025-10-01T18:29:00Z: a minute to midnight in Kolkata.
        let time = SetTime(1_759_343_340)
        let world = try await BillingWorld(TestCluster.shared(), clock: time.clock)
        let tenant = world.tenant()
        let rice = try await tenant.createProduct()
        let received = try await tenant.receive(rice, 2_000, cost: 1, expires: "2025-10-01")
        #expect(received.effectiveOn == "2025-10-01")
        _ = try await tenant.reserve(2_000, of: rice, for: Self.document(1), seconds: 30)
        time.advance(29)
        #expect(await refusal { try await tenant.reserve(1, of: rice, for: Self.document(2)) }?.reason == "INSUFFICIENT_STOCK")
        time.advance(1)
        #expect(try await tenant.product(rice.id).reserved?.milli == 0)
        try await tenant.sell(1_000, of: rice)
        time.advance(30)
        // It is midnight: what was good on the first has expired.
        await #expect(throws: BillingError.outOfStock(product: RecordID(rice.id) ?? .none, available: .zero)) {
            try await tenant.sell(1_000, of: rice)
        }
        #expect(try await tenant.adjust(rice, by: -1_000, .expired).effectiveOn == "2025-10-02")
    }
}
