internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Customers {
    func aging(_ request: AgingRequest, _ call: Call) async throws -> AgingReply {
        let id = request.customerID.isEmpty ? nil : try RecordID(reading: request.customerID, as: "customer_id")
        var query = request
        let zone: String
        if let id {
            let (row, named): (CustomerRow?, String) = try await office.database.batch(call) {
                ($0.optional(.customer(id)), $0.one(.sellerTimeZone))
            }
            try Self.found(row, id).demandUnmerged()
            zone = named
        } else {
            zone = try await office.database.batch(call) { $0.one(.sellerTimeZone) }
        }
        let day = try day(request.asOf, as: "as_of", in: zone)
        // Pages that go on behind midnight would be of another day: their token does not open then, unless the day is named.
        query.asOf = day.description
        let page = try office.page(of: "aging", query, call)
        let rows: [AgingRow] = try await office.database.batch(call) {
            $0.all(.aging(asOf: day, of: id, after: page.last, payers: page.limit))
        }
        var reply = AgingReply()
        reply.asOf = day.description
        reply.total = try Self.buckets(rows.filter { $0.payer == nil })
        // They come in the order of their payers.
        var payers: [(id: RecordID, rows: [AgingRow])] = []
        for row in rows {
            guard let payer = row.payer else { continue }
            if payers.last?.id != payer { payers.append((payer, [])) }
            payers[payers.count - 1].rows.append(row)
        }
        for payer in payers.prefix(page.size) {
            let buckets = try Self.buckets(payer.rows)
            reply.customers.append(.with { ($0.customerID, $0.buckets) = (payer.id.description, buckets) })
        }
        reply.nextPageToken = page.next(payers) { $0.id }
        return reply
    }

    /// One for each currency, in the order of their codes.
    private static func buckets(_ rows: [AgingRow]) throws(BillingError) -> [AgingBuckets] {
        var agings: [Currency: Aging] = [:]
        for row in rows { try agings[row.currency, default: Aging(in: row.currency)].add(row.open, row.bucket) }
        var all: [AgingBuckets] = []
        for (currency, aging) in agings.sorted(by: { $0.key < $1.key }) {
            let total = try aging.total()
            all.append(
                .with {
                    $0.notDue = BillingAPI.Money(aging[.notDue], currency)
                    $0.days0To30 = BillingAPI.Money(aging[.days0to30], currency)
                    $0.days31To60 = BillingAPI.Money(aging[.days31to60], currency)
                    $0.days61To90 = BillingAPI.Money(aging[.days61to90], currency)
                    $0.days91AndMore = BillingAPI.Money(aging[.days91andMore], currency)
                    $0.total = BillingAPI.Money(total, currency)
                })
        }
        return all
    }
}
