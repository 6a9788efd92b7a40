import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import Testing

@testable import BillingServer

@Suite("Products")
struct ProductTests {
    private let tenant: BillingTenant

    init() async throws { tenant = try await BillingWorld.shared().tenant() }

    private func update(
        _ product: Product, _ paths: [String], etag: String? = nil
    ) async throws -> Product {
        let request = UpdateProductRequest.with {
            $0.product = product
            $0.updateMask = .with { $0.paths = paths }
            $0.etag = etag ?? product.etag
        }
        return try await tenant.catalog.updateProduct(request, tenant.options())
    }

    @Test("a product is created, read, changed by mask and version, and archived; its code is free then")
    func life() async throws {
        let created = try await tenant.createProduct {
            ($0.sku, $0.barcode) = ("R-1", "8901234567890")
            $0.maximumPrice = .inr(7_000)
            $0.minimumStock = .with { $0.milli = 5_000 }
        }
        #expect(created.unit == "kg" && created.onHand?.milli == 0 && created.minimumStock?.unit == "kg")
        #expect(try await tenant.product(created.id) == created)

        var change = created
        (change.name, change.price, change.hsn) = ("Basmati Rice Premium", .inr(6_500), "9999")
        let changed = try await update(change, ["name", "price"])
        #expect(changed.name == "Basmati Rice Premium" && changed.price?.minorUnits == 6_500)
        #expect(changed.hsn == "1006", "the mask did not name it")
        #expect(changed.sku == "R-1" && changed.etag != created.etag)
        #expect(await refusal { try await update(change, ["name"]) }?.reason == "ETAG_MISMATCH")
        #expect(await refusal { try await update(change, ["name"], etag: "") }?.violatedFields == ["etag"])

        #expect(await refusal { try await tenant.createProduct("Other") { $0.sku = "R-1" } }?.reason == "ALREADY_EXISTS")
        let archive = ArchiveProductRequest.with { ($0.id, $0.etag) = (created.id, changed.etag) }
        let archived = try await tenant.catalog.archiveProduct(archive, tenant.options())
        #expect(archived.archivedAt != nil)
        let again = ArchiveProductRequest.with { ($0.id, $0.etag) = (created.id, "*") }
        #expect(try await tenant.catalog.archiveProduct(again, tenant.options()) == archived)
        _ = try await tenant.createProduct("Other") { $0.sku = "R-1" }
    }

    @Test("the same call twice is one product, and the reply comes again byte for byte; another request under its key is refused")
    func idempotency() async throws {
        let key = BillingTenant.newKey()
        let request = CreateProductRequest.with {
            $0.product = .with {
                ($0.name, $0.hsn, $0.unit) = ("Soap", "3401", "pcs")
                $0.price = .inr(3_000)
            }
        }
        let path = "/switchboard.billing.v1.CatalogService/CreateProduct"
        let first = try await tenant.world.channel.unary(path: path, message: request.encoded(), tenant.options(key: key))
        let second = try await tenant.world.channel.unary(path: path, message: request.encoded(), tenant.options(key: key))
        #expect(first == second)
        #expect(try await tenant.count("SELECT count(*) FROM product WHERE tenant_id = current_tenant()") == 1)
        var other = request
        other.product?.name = "Shampoo"
        #expect(
            await refusal { try await tenant.catalog.createProduct(other, tenant.options(key: key)) }?.reason == "IDEMPOTENCY_KEY_REUSED")
        #expect(await refusal { try await tenant.catalog.createProduct(request, tenant.options()) }?.reason == "IDEMPOTENCY_KEY_MISSING")
    }

    @Test(
        "what is no product is refused with every field that is wrong, and nothing is kept",
        arguments: [
            Flaw(["product.name"]) { $0.name = "  " }, Flaw(["product.name"]) { $0.name = "a\u{0007}b" },
            Flaw(["product.hsn"]) { $0.hsn = "12345" }, Flaw(["product.price.minor_units"]) { $0.price = .inr(-1) },
            Flaw(["product.maximum_price.minor_units"]) { $0.maximumPrice = .inr(Limits.amount + 1) },
            Flaw(["product.price.currency_code"]) { $0.price?.currencyCode = "XXX" },
            Flaw(["product.price.minor_units"]) { $0.maximumPrice = .inr(5_999) },
            Flaw(["product.minimum_stock.milli"]) { $0.minimumStock = .with { $0.milli = -1 } },
            Flaw(["product.minimum_stock.unit"]) { $0.minimumStock = .with { ($0.milli, $0.unit) = (1, "pcs") } },
            Flaw(["product.minimum_stock"]) {
                $0.isStocked = false
                $0.minimumStock = .with { $0.milli = 1 }
            },
        ])
    fileprivate func refused(_ flaw: Flaw) async throws {
        let error = await refusal { try await tenant.createProduct("Rice", flaw.change) }
        #expect(error?.reason == "FIELD_VIOLATION")
        #expect(error?.violatedFields == flaw.fields)
        #expect(try await tenant.count("SELECT count(*) FROM product WHERE tenant_id = current_tenant()") == 0)
    }

    @Test("amounts of a product have one currency, and it stays, as its unit does")
    func currency() async throws {
        #expect(
            await refusal {
                try await tenant.createProduct { $0.wholesalePrice = .with { ($0.currencyCode, $0.minorUnits) = ("USD", 1) } }
            }?
            .reason == "CURRENCY_MISMATCH")
        var product = try await tenant.createProduct()
        product.price = .with { ($0.currencyCode, $0.minorUnits) = ("USD", 1) }
        #expect(await refusal { try await update(product, ["price"]) }?.reason == "CURRENCY_MISMATCH")
        #expect(await refusal { try await update(product, ["unit", "is_stocked", "id"]) }?.violatedFields.count == 3)
        #expect(await refusal { try await update(product, []) }?.violatedFields == ["update_mask"])
    }

    @Test("lists go page by page, each product once, and by text, code and what is low")
    func list() async throws {
        var created: [Product] = []
        for number in 0..<7 {
            created.append(
                try await tenant.createProduct("Rice \(number)") {
                    $0.barcode = "89\(number)"
                    $0.minimumStock = .with { $0.milli = number < 2 ? 1_000 : 0 }
                })
        }
        for product in created { try await tenant.receive(product, 1_000, cost: 10) }
        var (seen, token) = ([String](), "")
        repeat {
            let reply = try await tenant.catalog.listProducts(
                .with { ($0.pageSize, $0.pageToken, $0.text) = (3, token, " RICE ") }, tenant.options())
            seen += reply.products.map(\.id)
            token = reply.nextPageToken
            if seen.count == 3 {
                #expect(
                    await refusal {
                        try await tenant.catalog.listProducts(.with { ($0.pageToken, $0.text) = (token, "x") }, tenant.options())
                    }?.reason == "PAGE_TOKEN_INVALID")
            }
        } while !token.isEmpty
        #expect(seen == created.reversed().map(\.id))
        func ids(_ change: (inout ListProductsRequest) -> Void) async throws -> [String] {
            try await tenant.catalog.listProducts(.with(change), tenant.options()).products.map(\.id)
        }
        #expect(try await ids { $0.barcode = "893" } == [created[3].id])
        #expect(try await ids { $0.isLow = true } == [created[1].id, created[0].id])
        _ = try await tenant.catalog.archiveProduct(.with { ($0.id, $0.etag) = (created[0].id, "*") }, tenant.options())
        #expect(try await ids { $0.isLow = true } == [created[1].id])
        #expect(try await ids { $0.showArchived = true }.count == 7)
    }

    @Test("BIL-6 · a name is looked for whole, at the beginning, within, and by half of its words; what is not found is not made")
    func find() async throws {
        let exact = try await tenant.createProduct("Tata Salt")
        let prefix = try await tenant.createProduct("Tata Salt 1 kg Pack")
        let contains = try await tenant.createProduct("Original Tata  Salt Lite")
        let words = try await tenant.createProduct("Salt of the Sea by Tata")
        _ = try await tenant.createProduct("Sugar")
        let half = try await tenant.createProduct("Rock Salt")
        func find(_ text: String) async throws -> [ProductCandidate] {
            try await tenant.catalog.findProducts(.with { $0.text = text }, tenant.options()).candidates
        }
        let found = try await find("  tata SALT ")
        #expect(found.compactMap(\.product?.id) == [exact, prefix, contains, words, half].map(\.id))
        #expect(found.map(\.match) == [.exact, .prefix, .contains, .words, .words])
        #expect(found.map(\.wordShare) == [10_000, 10_000, 10_000, 10_000, 5_000])
        #expect(try await find("tata salt pepper sugar candy").isEmpty)
        #expect(try await find("हल्दी").isEmpty)
        let turmeric = try await tenant.createProduct("हल्दी Powder")
        #expect(try await find("हल्दी").compactMap(\.product?.id) == [turmeric.id])
        #expect(try await tenant.count("SELECT count(*) FROM product WHERE tenant_id = current_tenant()") == 7)
        #expect(await refusal { try await find("   ") }?.violatedFields == ["text"])
    }

    @Test("R8 · another tenant's product is not there: not to be read, changed, archived, counted, reserved or found")
    func isolation() async throws {
        let product = try await tenant.createProduct { $0.sku = "R-1" }
        try await tenant.receive(product, 5_000, cost: 100)
        let other = try await BillingWorld.shared().tenant()
        let calls: [() async throws -> Void] = [
            { _ = try await other.product(product.id) },
            { _ = try await other.catalog.archiveProduct(.with { ($0.id, $0.etag) = (product.id, "*") }, other.options()) },
            { try await other.receive(product, 1, cost: 1) }, { try await other.adjust(product, by: -1) },
            { _ = try await other.reserve(1, of: product, for: product.id) },
            {
                _ = try await other.catalog.updateProduct(
                    .with {
                        $0.product = product
                        $0.updateMask = .with { $0.paths = ["name"] }
                        $0.etag = "*"
                    }, other.options())
            },
        ]
        for call in calls { #expect(await refusal(call)?.reason == "RESOURCE_NOT_FOUND") }
        #expect(try await other.catalog.listProducts(ListProductsRequest(), other.options()).products.isEmpty)
        #expect(try await other.catalog.findProducts(.with { $0.text = product.name }, other.options()).candidates.isEmpty)
        #expect(try await other.movements().isEmpty)
        #expect(try await other.valuation().totals.isEmpty)
        _ = try await other.createProduct { $0.sku = "R-1" }
        #expect(try await tenant.product(product.id).onHand?.milli == 5_000)
    }
}

private struct Flaw: Sendable, CustomTestStringConvertible {
    let fields: [String]
    let change: @Sendable (inout Product) -> Void

    init(_ fields: [String], _ change: @escaping @Sendable (inout Product) -> Void) {
        self.fields = fields
        self.change = change
    }

    var testDescription: String { fields.joined(separator: ", ") }
}
