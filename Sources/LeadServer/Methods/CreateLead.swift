public import LeadAPI
internal import Platform
internal import Postgres
internal import Protobuf
public import RPC
internal import Resources

extension Leads {
    /// One round trip when all goes well: the id and the times are made here, so that the reply is known before the lead is
    /// written, and goes into the same commit under the caller's key.
    public func createLead(_ request: CreateLeadRequest, _ call: Call) async throws -> Lead {
        let key = try IdempotencyKey(call)
        let (id, time) = clock.newLead()
        var violations = Violations()
        let draft = violations.within("lead") { violations in
            rules.draft(of: request.lead ?? Lead(), now: time, &violations)
        }
        guard let draft else { throw LeadError.invalid(violations.all) }
        let lead = Lead(draft, id: id, version: 1, createdAt: time, updatedAt: time)
        do {
            return try await database.once(key, request: request, reply: lead, call) { batch in
                batch.enqueue(.insertLead(id, draft, at: time))
                batch.tell(.leadCreated(id))
            }
        } catch let error as PostgresError {
            throw LeadError(error, writing: draft.email.display) ?? error
        }
    }
}
