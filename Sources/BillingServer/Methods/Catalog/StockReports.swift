internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Catalog {
    func reorderSuggestions(_ request: ReorderSuggestionsRequest, _ call: Call) async throws -> ReorderSuggestionsReply {
        let page = try office.page(of: "reorder", request, call)
        let since = Instant(unixMicroseconds: office.clock.now().unixMicroseconds - Limits.velocityDays * 86_400_000_000)
        let rows = try await office.database.batch(call) {
            $0.all(.lowStock(soldSince: since, after: page.last, limit: page.limit), as: StockLevelRow.self)
        }
        var reply = ReorderSuggestionsReply()
        for row in rows.prefix(page.size) {
            let suggested = try ReorderSuggestion.quantity(onHand: row.onHand, minimum: row.minimum, soldIn30Days: row.sold)
            reply.suggestions.append(
                .with {
                    $0.productID = row.product.description
                    $0.name = row.name
                    $0.onHand = BillingAPI.Quantity(row.onHand, of: row.unit)
                    $0.minimumStock = BillingAPI.Quantity(row.minimum, of: row.unit)
                    $0.soldIn30Days = BillingAPI.Quantity(row.sold, of: row.unit)
                    $0.suggested = BillingAPI.Quantity(suggested ?? .zero, of: row.unit)
                })
        }
        reply.nextPageToken = page.next(rows, \.product)
        return reply
    }

    /// All of it as of one moment, so that sum and balance are equal while others sell.
    func stockValuation(_ request: StockValuationRequest, _ call: Call) async throws -> StockValuationReply {
        let page = try office.page(of: "valuation", request, call)
        let account = try Account(.stock)
        let (rows, totals, balances): ([StockValueRow], [StockTotalRow], [BalanceRow]) = try await office.database.transaction(
            call, isolation: .repeatableRead, access: .readOnly
        ) { transaction in
            try await transaction.batch {
                ($0.all(.stockValues(after: page.last, limit: page.limit)), $0.all(.stockTotals), $0.all(.balances(of: account)))
            }
        }
        var reply = StockValuationReply()
        reply.products = rows.prefix(page.size).map { row in
            .with {
                $0.productID = row.product.description
                $0.name = row.name
                $0.onHand = BillingAPI.Quantity(row.onHand, of: row.unit)
                $0.value = BillingAPI.Money(row.value, in: row.currency)
            }
        }
        reply.totals = totals.map { BillingAPI.Money($0.value, in: $0.currency) }
        for row in balances { reply.ledgerBalances.append(BillingAPI.Money(try row.debit.minus(row.credit), in: row.currency)) }
        reply.nextPageToken = page.next(rows, \.product)
        return reply
    }
}
