public import LeadAPI
internal import Platform
internal import Postgres
public import RPC
internal import Resources
internal import StandardTypes

extension Leads {
    public func updateLead(_ request: UpdateLeadRequest, _ call: Call) async throws -> Lead {
        let new = request.lead ?? Lead()
        var violations = Violations()
        let id = LeadID(new.id)
        if id == nil { violations.add("lead.id", LeadID.flaw) }
        let mask = LeadMask(request.updateMask?.paths ?? [], as: "update_mask", &violations)
        let etag = EtagCondition(request.etag)
        if etag == nil { violations.add("etag", EtagCondition.flaw) }
        guard let id, let etag, violations.isEmpty else { throw LeadError.invalid(violations.all) }

        // Two round trips: what is written travels with the commit, which therefore is what finds an address taken.
        var email = ""
        do {
            return try await database.transaction(call) { transaction in
                guard let current: LeadRow = try await transaction.optional(.lockLead(id)) else { throw LeadError.notFound(id: id.text) }
                guard etag.allows(version: current.version) else { throw LeadError.etagMismatch(id: id.text) }
                let draft = try draft(of: mask.applying(new, to: current.lead))
                guard StatusTransition.isLegal(from: current.lead.status, to: draft.status) else {
                    throw LeadError.illegalTransition(from: current.lead.status, to: draft.status)
                }
                email = draft.email.display
                let version = current.version + 1
                // A clock that was set back must not let a lead seem older than it was.
                let time = max(clock.now(), current.updatedAt)
                transaction.enqueue(.updateLead(id, draft, version: version, at: time))
                transaction.tell(.leadUpdated(id, version: version))
                return Lead(draft, id: id, version: version, createdAt: current.createdAt, updatedAt: time)
            }
        } catch let error as PostgresError {
            throw LeadError(error, writing: email) ?? error
        }
    }

    private func draft(of lead: Lead) throws(LeadError) -> LeadDraft {
        var violations = Violations()
        let draft = violations.within("lead") { violations in rules.draft(of: lead, now: clock.now(), &violations) }
        guard let draft else { throw .invalid(violations.all) }
        return draft
    }
}
