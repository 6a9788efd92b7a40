internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Catalog {
    func listProducts(_ request: ListProductsRequest, _ call: Call) async throws -> ListProductsReply {
        var violations = Violations()
        for (field, text) in [("text", request.text), ("barcode", request.barcode), ("sku", request.sku)] { violations.text(field, text) }
        guard violations.isEmpty else { throw BillingError.invalid(violations.all) }
        let page = try office.page(of: "products", request, call)
        let criteria = ProductCriteria(
            text: ProductName(request.text).folded, barcode: request.barcode, sku: request.sku, isLow: request.isLow,
            showsArchived: request.showArchived)
        let rows = try await office.database.batch(call) {
            $0.all(.products(criteria, at: office.clock.now(), after: page.last, limit: page.limit), as: StockedProductRow.self)
        }
        var reply = ListProductsReply()
        reply.products = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows, \.product.id)
        return reply
    }

    func findProducts(_ request: FindProductsRequest, _ call: Call) async throws -> FindProductsReply {
        let name = ProductName(request.text)
        guard !name.isBlank else { throw BillingError.invalid("text", "It is required: write characters that are not all spaces.") }
        try PlainText.demand(request.text, in: "text")
        let limit = request.limit == 0 ? Limits.productCandidates : Int(request.limit)
        let rows = try await office.database.batch(call) {
            $0.all(.productsLike(name, as: request.text, at: office.clock.now(), limit: limit), as: FoundProductRow.self)
        }
        var reply = FindProductsReply()
        reply.candidates = rows.map { row in
            .with {
                $0.product = row.found.message
                $0.match = ProductMatch(rawValue: row.match)
                // A text of signs alone has no words.
                $0.wordShare = Int32(clamping: row.sharedWords * Rate.whole / Int64(max(1, name.words.count)))
            }
        }
        return reply
    }
}
