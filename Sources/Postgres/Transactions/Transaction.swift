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

    /// Has this process's `Database.announcements` say a word once the transaction is committed.
    public func announce(_ word: String) {
        block.announce([word])
    }

    /// Several statements in one round trip.
    public func batch<each Value>(
        _ body: (inout Batch) -> (repeat Pending<each Value>)
    ) async throws(PostgresError) -> (repeat each Value) {
        var batch = Batch()
        let pending = body(&batch)
        let results = try await block.run(batch.statements)
        block.announce(batch.announcements)
        return (repeat try (each pending).resolve(results))
    }

    /// The same with one result.
    public func batch<Value>(_ body: (inout Batch) -> Pending<Value>) async throws(PostgresError) -> Value {
        var batch = Batch()
        let pending = body(&batch)
        let results = try await block.run(batch.statements)
        block.announce(batch.announcements)
        return try pending.resolve(results)
    }
}

extension Transaction {
    /// Runs `body` within a savepoint: when it throws, what it did is undone, the error goes on to whoever called this, and the transaction
    /// can go on. Savepoints nest.
    ///
    ///     do { try await tx.savepoint { tx in try await tx.execute(.insert(item)) } } catch let error as PostgresError { … }
    ///
    /// It cannot save a transaction that has to be run again as a whole (`serializationFailure`, `deadlock`), whose connection is lost, or
    /// whose time is over. It costs no round trip of its own unless it fails. A statement enqueued before it that fails fails all.
    public func savepoint<Value>(_ body: (borrowing Transaction) async throws -> Value) async throws -> Value {
        let savepoint = block.beginSavepoint()
        do {
            let value = try await body(self)
            block.release(savepoint)
            return value
        } catch {
            await block.rollBack(to: savepoint)
            throw error
        }
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
