internal import Net

/// A transaction on a connection of its own, lent to the closure of `Database.transaction`.
///
/// Statements that are only enqueued travel with the next one whose result is awaited, or with COMMIT. After an error nothing more
/// is sent: every further call throws the same error, and the transaction is rolled back even if the closure swallows it.
public struct Transaction: ~Copyable {
    let block: TransactionBlock

    /// Exactly one row; none is `noRow`, more are `tooManyRows`. Neither of these two rolls back by itself: the thrown error does.
    public func one<Value: RowDecodable>(_ statement: SQL, as type: Value.Type = Value.self) async throws(PostgresError) -> Value {
        try await block.run(statement).one()
    }

    /// One row or none; more are `tooManyRows`.
    public func optional<Value: RowDecodable>(
        _ statement: SQL, as type: Value.Type = Value.self
    ) async throws(PostgresError) -> Value? {
        try await block.run(statement).optional()
    }

    /// All rows, held in memory: bound it by LIMIT.
    public func all<Value: RowDecodable>(_ statement: SQL, as type: Value.Type = Value.self) async throws(PostgresError) -> [Value] {
        try await block.run(statement).all()
    }

    /// The number of rows that the statement wrote. One round trip: use `enqueue` when nobody needs the number.
    @discardableResult
    public func execute(_ statement: SQL) async throws(PostgresError) -> Int {
        try await block.run(statement).affectedRows
    }

    /// A statement whose result nobody needs. Its error is thrown by the next call that awaits, or by the commit.
    public func enqueue(_ statement: SQL) {
        block.enqueue(statement)
    }

    /// Several statements in one round trip.
    public func batch<each Value>(
        _ body: (inout Batch) -> (repeat Pending<each Value>)
    ) async throws(PostgresError) -> (repeat each Value) {
        var batch = Batch()
        let pending = body(&batch)
        let results = try await block.run(batch.statements)
        return (repeat try (each pending).resolve(results))
    }

    /// The same with one result.
    public func batch<Value>(_ body: (inout Batch) -> Pending<Value>) async throws(PostgresError) -> Value {
        var batch = Batch()
        let pending = body(&batch)
        return try pending.resolve(await block.run(batch.statements))
    }
}

/// How a transaction sees others (section 13.2 of PostgreSQL's manual).
public enum Isolation: Sendable, Hashable, CaseIterable {
    case readCommitted
    case repeatableRead
    case serializable
}

/// Whether a transaction may write; PostgreSQL enforces it.
public enum Access: Sendable, Hashable, CaseIterable {
    case readWrite
    case readOnly
}

/// What a transaction has sent and has still to send. Used by one task at a time, since `Transaction` cannot be copied.
final class TransactionBlock {
    private let database: Database
    private let scope: Scope
    private let begin: SQL
    private var lease: Lease?
    private var queued: [SQL] = []
    private var failure: PostgresError?

    init(_ database: Database, _ scope: Scope, _ isolation: Isolation, _ access: Access) {
        self.database = database
        self.scope = scope
        begin = TransactionBlock.begin(isolation, access)
    }

    func enqueue(_ statement: SQL) {
        queued.append(statement)
    }

    func run(_ statement: SQL) async throws(PostgresError) -> ResultSet {
        let results = try await run([statement])
        guard let result = results.last else { throw .connectionLost("a result is missing") }
        return result
    }

    /// Sends what is queued and `statements`; gives the results of the latter.
    func run(_ statements: [SQL]) async throws(PostgresError) -> [ResultSet] {
        if Task.isCancelled { failure = failure ?? .callerCancelled }
        if let failure { throw failure }
        if statements.isEmpty { return [] }
        return try await send(.part, statements.map { SyncGroup.Statement(sql: $0) }).suffix(statements.count)
    }

    /// A transaction that sent nothing and has nothing to send costs nothing.
    func commit() async throws(PostgresError) {
        if let failure { throw failure }
        if lease == nil, queued.isEmpty { return }
        let results = try await send(.commit, [SyncGroup.Statement(sql: "COMMIT", isNamed: false)])
        guard results.last?.commandTag == "COMMIT" else {
            let error = PostgresError(.other, "The transaction was rolled back instead of committed.", report: results.last?.commandTag)
            failure = error
            throw error
        }
    }

    /// Gives the connection back, rolling back what was not committed.
    func end() async {
        queued = []
        guard let lease else { return }
        self.lease = nil
        await lease.end(timeout: database.configuration.longestStatement)
    }

    private func send(_ kind: SyncGroup.Kind, _ last: [SyncGroup.Statement]) async throws(PostgresError) -> [ResultSet] {
        do throws(PostgresError) {
            let isFirst = lease == nil
            let statements = queued.map { SyncGroup.Statement(sql: $0) } + last
            queued = []
            var retries = 0
            while true {
                do throws(PostgresError) {
                    return try await attempt(kind, statements, isFirst: isFirst)
                } catch {
                    // All of the transaction is at hand here, so that a statement that was lost or outdated can be prepared anew.
                    guard isFirst, error.kind == .statementStale, retries < Limits.staleStatementRetries else { throw error }
                    retries += 1
                    await end()
                }
            }
        } catch {
            failure = error
            throw error
        }
    }

    private func attempt(
        _ kind: SyncGroup.Kind, _ statements: [SyncGroup.Statement], isFirst: Bool
    ) async throws(PostgresError) -> [ResultSet] {
        let lease: Lease
        if let held = self.lease {
            lease = held
        } else {
            lease = try await database.lend(scope)
            self.lease = lease
        }
        let longest = database.configuration.longestStatement
        guard let timeout = scope.timeoutMilliseconds(at: .now(), longest: longest) else { throw .deadlineExceeded }
        var group: [SyncGroup.Statement] = []
        if isFirst {
            group = [.init(sql: begin, isNamed: false), .init(sql: scope.settings(timeoutMilliseconds: timeout))]
        } else if scope.deadline != nil {
            // The time left has shrunk since the transaction began.
            group = [.init(sql: "SELECT set_config('statement_timeout', \("\(timeout)"), true)")]
        }
        group += statements
        return try await lease.run(kind, group, timeout: .milliseconds(timeout)).get()
    }

    private static func begin(_ isolation: Isolation, _ access: Access) -> SQL {
        switch (isolation, access) {
        case (.readCommitted, .readWrite): "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
        case (.readCommitted, .readOnly): "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
        case (.repeatableRead, .readWrite): "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
        case (.repeatableRead, .readOnly): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case (.serializable, .readWrite): "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
        case (.serializable, .readOnly): "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"
        }
    }
}
