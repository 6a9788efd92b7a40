/// Statements that go to PostgreSQL together: one round trip, one transaction, all or nothing.
///
/// It is lent to the closure of `Database.batch` or `Transaction.batch`; no statement can depend on another's result.
public struct Batch: ~Copyable {
    private(set) var statements: [SyncGroup.Statement] = []
    private(set) var announcements: [String] = []
    private var awaited = 0

    init() {
        // Most have two or three, and the settings of their scope go ahead of them.
        statements.reserveCapacity(4)
    }

    /// Exactly one row; none is `noRow`, more are `tooManyRows`.
    public mutating func one<Value: RowDecodable>(_ statement: SQL, as type: Value.Type = Value.self) -> Pending<Value> {
        append(statement) { (results) throws(PostgresError) in try results.one() }
    }

    /// One row or none; more are `tooManyRows`.
    public mutating func optional<Value: RowDecodable>(_ statement: SQL, as type: Value.Type = Value.self) -> Pending<Value?> {
        append(statement) { (results) throws(PostgresError) in try results.optional() }
    }

    /// All rows, held in memory: bound it by LIMIT.
    public mutating func all<Value: RowDecodable>(_ statement: SQL, as type: Value.Type = Value.self) -> Pending<[Value]> {
        append(statement) { (results) throws(PostgresError) in try results.all() }
    }

    /// The number of rows that the statement wrote (or that a SELECT gave).
    public mutating func execute(_ statement: SQL) -> Pending<Int> {
        append(statement) { (results) throws(PostgresError) in results.affectedRows }
    }

    /// A statement whose result nobody needs; its error still fails the batch.
    public mutating func enqueue(_ statement: SQL) {
        statements.append(SyncGroup.Statement(statement, isAwaited: false))
    }

    /// Has this process's `Database.announcements` say a word once the transaction is committed.
    public mutating func announce(_ word: String) {
        announcements.append(word)
    }

    /// What it has gathered, for the one who sends it: the settings go ahead of these without another copy.
    mutating func takeStatements() -> [SyncGroup.Statement] {
        let taken = statements
        statements = []
        return taken
    }

    private mutating func append<Value>(
        _ statement: SQL, decode: @escaping (ResultSet) throws(PostgresError) -> Value
    ) -> Pending<Value> {
        statements.append(SyncGroup.Statement(statement))
        awaited += 1
        return Pending(result: awaited - 1, decode: decode)
    }
}
