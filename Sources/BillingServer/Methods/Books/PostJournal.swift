internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC

extension Books {
    func postJournal(_ request: PostJournalRequest, _ call: Call) async throws -> LedgerJournal {
        let key = try IdempotencyKey(call)
        let journal = try Posting(request, id: office.clock.newID(), by: call[Caller.self]?.name ?? "")
        let customers = journal.customers
        return try await posting {
            try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                if !customers.isEmpty {
                    let known = Set(try await transaction.all(.lockParties(customers), as: RecordID.self))
                    if let unknown = customers.first(where: { !known.contains($0) }) {
                        throw BillingError.notFound(.customer, id: unknown.description)
                    }
                }
                transaction.enqueue(.postJournal(journal))
                return journal.message
            }
        }
    }

    func reverseJournal(_ request: ReverseJournalRequest, _ call: Call) async throws -> LedgerJournal {
        let key = try IdempotencyKey(call)
        guard let id = RecordID(request.id) else { throw BillingError.notFound(.journal, id: request.id) }
        try PlainText.demand(request.description, in: "description", isRequired: true)
        let reversalID = office.clock.newID()
        let day = request.effectiveOn.isEmpty ? nil : CivilDate(request.effectiveOn)
        if day == nil, !request.effectiveOn.isEmpty { throw BillingError.invalid("effective_on", BillingError.dateInvalid.description) }
        // What was posted never changes, so that it can be read beforehand; that it is not taken back yet is for the commit to say.
        let (found, lines) = try await office.database.batch(call) { batch in
            (batch.all(.journal(id), as: JournalRow.self), batch.all(.journalLines(of: id), as: JournalLineRow.self))
        }
        guard let found = found.first else { throw BillingError.notFound(.journal, id: request.id) }
        let posted = try found.manualPosting(id, Journal(lines.map(\.line)))
        if let day, day < posted.effectiveOn {
            throw BillingError.invalid("effective_on", "It is before the day of the journal that is taken back.")
        }
        let reversal = posted.reversal(
            id: reversalID, effectiveOn: day ?? posted.effectiveOn, by: call[Caller.self]?.name ?? "", description: request.description)
        return try await posting {
            try await office.database.once(key, request: request, reply: reversal.message, call) { batch in
                batch.enqueue(.lockParties(reversal.customers))
                batch.enqueue(.postJournal(reversal))
            }
        }
    }
}
