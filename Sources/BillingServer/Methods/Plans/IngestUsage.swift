internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension PlanDesk {
    func ingestUsage(_ requests: Inbound<IngestUsageRequest>, _ call: Call) async throws -> IngestUsageReply {
        var messages = requests.makeAsyncIterator()
        var reply = IngestUsageReply()
        while let message = try await messages.next() {
            let (accepted, duplicates) = try await ingest(message, call)
            reply.accepted += accepted
            reply.duplicates += duplicates
        }
        return reply
    }

    /// One message, as one transaction.
    private func ingest(_ message: IngestUsageRequest, _ call: Call) async throws -> (accepted: Int64, duplicates: Int64) {
        let ids = Array(Set(message.events.compactMap { RecordID($0.subscriptionID) }))
        return try await office.explained(call) {
            try await office.database.transaction(call, retries: .onConflict()) { transaction in
                let now = office.clock.now()
                let (seller, subscriptions): (SellerRow?, [SubscriptionRow]) = try await transaction.batch { batch in
                    (batch.optional(.seller), batch.all(.subscriptions(ids)))
                }
                guard let seller else { throw BillingError.sellerMissing }
                let reading = try UsageReading(message.events, of: subscriptions, at: now) { (time) throws(BillingError) in
                    try office.zones.day(of: time, in: seller.timeZone)
                }
                let new = Set(try await transaction.all(.insertUsageEvents(reading.events.map(\.row), at: now), as: String.self))
                let old = reading.events.filter { !new.contains($0.row.transactionID) }
                if !old.isEmpty {
                    let kept: [UsageEventRow] = try await transaction.all(.usageEvents(old.map(\.row.transactionID)))
                    let known = Dictionary(kept.map { ($0.transactionID, $0) }) { first, _ in first }
                    for event in old {
                        guard let first = known[event.row.transactionID], event.repeats(first) else {
                            throw BillingError.usageDiffers(index: event.index)
                        }
                    }
                }
                let sums = try reading.sums(of: new)
                if !sums.isEmpty { transaction.enqueue(.countUsage(sums)) }
                return (Int64(new.count), Int64(old.count) + reading.duplicates)
            }
        }
    }
}
