internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Customers {
    /// Both are held, in the order of their ids, before anything is looked at: no document of either is made meanwhile, and two mergers of the
    /// same pair in both directions do not wait for each other in a circle.
    func mergeCustomers(_ request: MergeCustomersRequest, _ call: Call) async throws -> MergeCustomersReply {
        let key = try IdempotencyKey(call)
        let merger = CustomerMerger(
            merged: try RecordID(reading: request.mergedID, as: "merged_id"),
            survivor: try RecordID(reading: request.survivorID, as: "survivor_id"))
        let etags = (
            survivor: try EtagCondition(reading: request.survivorEtag, as: "survivor_etag"),
            merged: try EtagCondition(reading: request.mergedEtag, as: "merged_etag")
        )
        guard merger.merged != merger.survivor else { throw BillingError.invalid("merged_id", BillingError.mergedWithItself.description) }
        let scope = Scope(call)
        do {
            return try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                let rows: [CustomerRow] = try await transaction.all(.lockCustomers([merger.merged, merger.survivor]))
                for (id, etag) in [(merger.survivor, etags.survivor), (merger.merged, etags.merged)] {
                    let row = try Self.found(rows.first { $0.id == id }, id)
                    guard etag.allows(version: row.version) else { throw BillingError.etagMismatch(.customer, id: id.description) }
                    try row.demandOpen()
                }
                let (balances, zone): ([CustomerBalanceRow], String) = try await transaction.batch {
                    ($0.all(.partyBalances(merger.merged)), $0.one(.sellerTimeZone))
                }
                let now = office.clock.now()
                let today = try office.zones.day(of: now, in: zone)
                var reply = MergeCustomersReply()
                for balance in balances.map(\.balance) {
                    guard let journal = try merger.journal(moving: balance) else { continue }
                    let posting = Posting(
                        id: office.clock.newID(), journal: journal, effectiveOn: today, document: .init(kind: .merger, id: merger.merged),
                        postedBy: scope.caller, description: "Merged into customer \(merger.survivor)")
                    transaction.enqueue(.postJournal(posting))
                    reply.moved.append(balance.message)
                    reply.journalIDs.append(posting.id.description)
                }
                try await joinPreferences(merger, at: now, transaction)
                transaction.enqueue(.mergeCustomer(merger.merged, into: merger.survivor, at: now))
                transaction.tell(.customersMerged(merger.merged, into: merger.survivor))
                let (survivor, merged): (CustomerRow, CustomerRow) = try await transaction.batch {
                    ($0.one(.customer(merger.survivor)), $0.one(.customer(merger.merged)))
                }
                (reply.survivor, reply.merged) = (survivor.message, merged.message)
                return reply
            }
        } catch let error as PostgresError {
            throw BillingError(posting: error) ?? error
        }
    }

    /// The survivor is written to by what suits both. Who was merged and has said nothing asks for nothing.
    private func joinPreferences(_ merger: CustomerMerger, at now: Instant, _ transaction: borrowing Transaction) async throws {
        let (own, others): (ContactPreferencesRow?, ContactPreferencesRow?) = try await transaction.batch {
            ($0.optional(.contactPreferences(of: merger.survivor)), $0.optional(.contactPreferences(of: merger.merged)))
        }
        guard let others else { return }
        let joined = (own?.preferences ?? .usual).joined(others.preferences)
        guard let own else { return transaction.enqueue(.insertContactPreferences(of: merger.survivor, joined, at: now)) }
        guard joined != own.preferences else { return }
        let row = ContactPreferencesRow(joined, version: own.version + 1, updatedAt: max(now, own.updatedAt))
        transaction.enqueue(.updateContactPreferences(of: merger.survivor, row))
    }
}
