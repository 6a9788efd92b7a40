import BillingAPI
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import Synchronization
import TestSupport

@testable import BillingServer

extension BillingTenant {
    var catalog: CatalogServiceClient { CatalogServiceClient(world.channel) }

    /// Rice by the kilogram at 60 rupees, stocked.
    func createProduct(_ name: String = "Basmati Rice", _ change: (inout Product) -> Void = { _ in }) async throws -> Product {
        var request = CreateProductRequest()
        var product = Product()
        (product.name, product.hsn, product.unit, product.isStocked) = (name, "1006", "kg", true)
        product.price = .inr(6_000)
        change(&product)
        request.product = product
        return try await catalog.createProduct(request, options(key: Self.newKey()))
    }

    func product(_ id: String) async throws -> Product {
        var request = GetProductRequest()
        request.id = id
        return try await catalog.getProduct(request, options())
    }

    /// Thousandths of one product for so many paise, as a batch of its own.
    @discardableResult
    func receive(
        _ product: Product, _ milli: Int64, cost: Int64, expires: String = "", on day: String = "", _ source: StockSource = .payable,
        key: String = newKey()
    ) async throws -> StockDocument {
        let request = ReceiveStockRequest.with {
            $0.items = [
                .with {
                    ($0.productID, $0.expiresOn) = (product.id, expires)
                    $0.quantity = .with { $0.milli = milli }
                    $0.cost = .inr(cost)
                }
            ]
            ($0.source, $0.receivedOn) = (source, day)
        }
        return try await catalog.receiveStock(request, options(key: key))
    }

    @discardableResult
    func adjust(
        _ product: Product, by milli: Int64, _ kind: StockMovementKind = .adjustment, batch: String = "", cost: Int64? = nil,
        key: String = newKey()
    ) async throws -> StockDocument {
        let request = AdjustStockRequest.with {
            ($0.productID, $0.batchID, $0.kind, $0.reason) = (product.id, batch, kind, "counted")
            $0.change = .with { $0.milli = milli }
            $0.cost = cost.map { .inr($0) }
        }
        return try await catalog.adjustStock(request, options(key: key))
    }

    func reserve(
        _ milli: Int64, of product: Product, for document: String, seconds: Int64? = nil
    ) async throws -> StockReservation {
        let request = ReserveStockRequest.with {
            $0.documentID = document
            $0.items = [
                .with {
                    $0.productID = product.id
                    $0.quantity = .with { $0.milli = milli }
                }
            ]
            $0.lifetime = seconds.map { seconds in .with { $0.seconds = seconds } }
        }
        return try await catalog.reserveStock(request, options(key: Self.newKey()))
    }

    func valuation() async throws -> StockValuationReply {
        try await catalog.stockValuation(.with { $0.pageSize = 100 }, options())
    }

    func movements(_ change: (inout ListMovementsRequest) -> Void = { _ in }) async throws -> [BillingAPI.StockMovement] {
        var (request, all) = (ListMovementsRequest(), [BillingAPI.StockMovement]())
        request.pageSize = 100
        change(&request)
        repeat {
            let reply = try await catalog.listMovements(request, options())
            all += reply.movements
            request.pageToken = reply.nextPageToken
        } while !request.pageToken.isEmpty
        return all
    }

    /// Sells as an invoice does: holds the batches, reads what is promised, takes, and moves, in one transaction.
    func sell(_ milli: Int64, of product: Product, for document: RecordID = RecordID(UInt128.random(in: 1 ... .max))) async throws {
        let office = world.office
        let id = RecordID(product.id) ?? .none
        let now = office.clock.now()
        let today = try office.zones.day(of: now, in: SellerDraft.usualTimeZone)
        _ = try await office.database.transaction(scope, retries: .onConflict()) { transaction in
            let batches: [StockBatchRow] = try await transaction.all(.lockStock(of: [id]))
            let reserved: [ReservedRow] = try await transaction.all(.reservedStock(of: [id], butFor: document, at: now))
            let statements = try sale(
                BillingServer.Quantity(milli: milli), of: id, for: document, Shelves(batches, reserved: reserved), on: today, at: now)
            for statement in statements { transaction.enqueue(statement) }
            return statements.count
        }
    }

    private func sale(
        _ quantity: BillingServer.Quantity, of product: RecordID, for document: RecordID, _ shelves: Shelves, on today: CivilDate,
        at now: Instant
    ) throws -> [SQL] {
        let office = world.office
        var shelves = shelves
        let pick = try shelves.take(quantity, of: product, on: today)
        let invoice = Posting.Document(kind: .invoice, id: document)
        let posting = try Journal.adjusted(Int64(0).minus(pick.cost), in: .inr).map {
            Posting(id: office.clock.newID(), journal: $0, effectiveOn: today, document: invoice, postedBy: "tester/ada")
        }
        let change = StockChange(
            kind: .sale, movements: try pick.movements { office.clock.newID() }, document: invoice, journal: posting?.id,
            movedBy: "tester/ada", movedAt: now)
        return (posting.map { [.postJournal($0)] } ?? []) + [.releaseStock(of: document, at: now), .moveStock(change)]
    }
}

extension BillingAPI.Money {
    static func inr(_ paise: Int64) -> BillingAPI.Money { .with { ($0.currencyCode, $0.minorUnits) = ("INR", paise) } }
}

/// A world whose time a test sets, with all tests that do so in it one after the other.
final class SetTime: Sendable {
    private let unixSeconds: Atomic<Int64>

    init(_ unixSeconds: Int64) { self.unixSeconds = Atomic(unixSeconds) }

    func set(_ seconds: Int64) { unixSeconds.store(seconds, ordering: .sequentiallyConsistent) }
    func advance(_ seconds: Int64) { unixSeconds.add(seconds, ordering: .sequentiallyConsistent) }

    var clock: BillingClock {
        BillingClock(
            unixNanoseconds: { self.unixSeconds.load(ordering: .sequentiallyConsistent) * 1_000_000_000 },
            random: { UInt64.random(in: 0 ... .max) })
    }
}
