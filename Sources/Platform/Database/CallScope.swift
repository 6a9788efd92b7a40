public import Postgres
public import RPC

extension Scope {
    /// On behalf of a call: its tenant's rows alone, and not beyond its deadline.
    public init(_ call: Call) {
        let caller = call[Caller.self]
        self.init(
            tenant: caller?.tenant, caller: caller?.name ?? "", requestID: call.requestID,
            deadline: call.deadline)
    }
}

extension Database {
    /// Statements on behalf of a call, one result of which is wanted. (The compiler does not find the form below for it when the result's
    /// type is given by what it is assigned to.)
    public func batch<Value>(_ call: Call, _ body: (inout Batch) -> Pending<Value>) async throws(PostgresError) -> Value {
        try await batch(Scope(call), body)
    }

    /// Statements on behalf of a call: one round trip, one transaction. See `Postgres.Database.batch`.
    public func batch<each Value>(
        _ call: Call, _ body: (inout Batch) -> (repeat Pending<each Value>)
    ) async throws(PostgresError) -> (repeat each Value) {
        try await batch(Scope(call), body)
    }

    /// A transaction on behalf of a call, on a connection of its own. See `Postgres.Database.transaction`.
    public func transaction<Value>(
        _ call: Call, isolation: Isolation = .readCommitted, access: Access = .readWrite, retries: Retries = .none,
        _ body: (borrowing Transaction) async throws -> Value
    ) async throws -> Value {
        try await transaction(Scope(call), isolation: isolation, access: access, retries: retries, body)
    }
}
