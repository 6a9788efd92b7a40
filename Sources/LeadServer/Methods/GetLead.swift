public import LeadAPI
internal import Platform
internal import Postgres
public import RPC

extension Leads {
    public func getLead(_ request: GetLeadRequest, _ call: Call) async throws -> Lead {
        guard let id = LeadID(request.id) else { throw LeadError.invalid("id", LeadID.flaw) }
        let found = try await database.batch(call) { $0.optional(.lead(id), as: LeadRow.self) }
        guard let row = found else { throw LeadError.notFound(id: id.text) }
        return row.lead
    }
}
