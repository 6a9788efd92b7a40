import BillingAPI
import Protobuf
import RPC
import StandardTypes
import Testing

@testable import BillingServer

@Suite("Watching for low stock", .timeLimit(.minutes(5)))
struct LowStockTests {
    @Test("first come the products that are low, then each that becomes so, again after it was filled up")
    func watch() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        func product(_ name: String) async throws -> Product {
            let product = try await tenant.createProduct(name) { $0.minimumStock = .with { $0.milli = 1_000 } }
            try await tenant.receive(product, name == "low" ? 1_000 : 5_000, cost: 10)
            return product
        }
        let low = try await product("low")
        let sells = try await product("sells")
        let raised = try await product("raised")
        _ = try await tenant.createProduct("service") { ($0.isStocked, $0.unit) = (false, "hour") }
        var news = try await tenant.catalog.watchLowStock(WatchLowStockRequest(), tenant.options()).makeAsyncIterator()
        func next() async throws -> LowStock? {
            guard case .low(let low)? = try await news.next()?.news else { return nil }
            return low
        }
        let first = try #require(try await next(), "what is low comes first")
        #expect(first.productID == low.id && first.onHand?.milli == 1_000 && first.minimumStock?.milli == 1_000)
        #expect(try await news.next()?.news == .listed(.with { $0.count = 1 }), "then that these were all")

        try await tenant.sell(4_000, of: sells)
        let sold = try #require(try await next(), "what was sold is low")
        #expect(sold.productID == sells.id && sold.onHand?.milli == 1_000)

        var request = UpdateProductRequest()
        request.product = raised
        request.product?.minimumStock = .with { $0.milli = 5_000 }
        request.updateMask = .with { $0.paths = ["minimum_stock"] }
        request.etag = "*"
        _ = try await tenant.catalog.updateProduct(request, tenant.options())
        let more = try #require(try await next(), "so is what has a higher minimum")
        #expect(more.productID == raised.id)
    }
}
