internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

/// The plan service: what customers subscribe to, what it grants them, and what they use.
struct PlanDesk: Sendable {
    let office: Office

    init(_ office: Office) { self.office = office }
}

extension PlanDesk: PlanService {}

extension PlanDesk {
    /// The work of a keyed call, which is done again when others got in its way.
    func once<Reply: Message>(
        _ request: some Message, _ call: Call, _ body: (borrowing Transaction) async throws -> Reply
    ) async throws -> Reply {
        let key = try IdempotencyKey(call)
        return try await explained { try await office.database.once(key, request: request, call, retries: .onConflict(), body) }
    }

    /// What the database refuses, in words of billing.
    func explained<Reply>(_ work: () async throws -> Reply) async throws -> Reply {
        do {
            return try await work()
        } catch let error as PostgresError {
            throw Self.explanation(of: error)
        }
    }

    private static func explanation(of error: PostgresError) -> any Error {
        if let refusal = BillingError(error) { return refusal }
        if let refusal = BillingError(invoicing: error) { return refusal }
        return error
    }

    /// An etag that a caller expects; empty for any.
    ///
    /// - Throws: `invalid`, `etagMismatch`.
    static func demand(_ etag: String, _ version: Int64, of resource: Resource, _ id: RecordID) throws(BillingError) {
        guard !etag.isEmpty else { return }
        guard try EtagCondition(reading: etag).allows(version: version) else { throw .etagMismatch(resource, id: id.description) }
    }
}
