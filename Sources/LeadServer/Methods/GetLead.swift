public import LeadAPI
internal import Platform
internal import Postgres
internal import StandardTypes
public import RPC

extension Leads {
    public func getLead(_ request: GetLeadRequest, _ call: Call) async throws -> Lead {
        guard let id = LeadID(request.id) else { throw LeadError.invalid("id", LeadID.flaw) }
        let maxAge = request.maxAge.map { Swift.Duration.seconds($0.seconds) + .nanoseconds($0.nanos) } ?? .zero
        guard maxAge > .zero, let tenant = call[Caller.self]?.tenant else { return try await Self.lead(id, database, Scope(call)).lead }
        remembered.listen()
        let scope = Scope(call)
        let row = try await remembered.cache.value(of: id, tenant: tenant, maxAge: maxAge) { [database] in
            try await Self.lead(id, database, scope)
        }
        return row.lead
    }

    private static func lead(_ id: LeadID, _ database: Database, _ scope: Scope) async throws -> LeadRow {
        let found = try await database.batch(scope) { $0.optional(.lead(id), as: LeadRow.self) }
        guard let row = found else { throw LeadError.notFound(id: id.text) }
        return row
    }
}
