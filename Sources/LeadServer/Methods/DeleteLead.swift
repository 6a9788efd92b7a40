public import LeadAPI
internal import Platform
internal import Postgres
public import RPC
internal import Resources
public import StandardTypes

extension Leads {
    /// One round trip: the statement itself tells an absent lead from a changed one.
    public func deleteLead(_ request: DeleteLeadRequest, _ call: Call) async throws -> Empty {
        guard let id = LeadID(request.id) else { throw LeadError.invalid("id", LeadID.flaw) }
        guard let etag = EtagCondition(request.etag) else { throw LeadError.invalid("etag", EtagCondition.flaw) }

        let isDeleted = try await database.batch(call) { $0.optional(.deleteLead(id, etag, at: clock.now()), as: Bool.self) }
        guard let isDeleted else { throw LeadError.notFound(id: id.text) }
        guard isDeleted else { throw LeadError.etagMismatch(id: id.text) }
        return Empty()
    }
}
