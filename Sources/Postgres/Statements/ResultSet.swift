internal import CPostgres
internal import Synchronization

/// The rows of one statement, as libpq holds them.
///
/// libpq never changes a PGresult once it is handed out, so that it may be read on another thread than the connection's.
@safe
final class ResultSet: @unchecked Sendable {
    private let pointer: OpaquePointer
    let rowCount: Int
    let columnCount: Int
    /// The column after the one found last: rows are mostly read in order, which makes a search by name one comparison.
    private let likelyColumn = Atomic<Int>(0)

    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
        rowCount = Int(unsafe PQntuples(pointer))
        columnCount = Int(unsafe PQnfields(pointer))
    }

    deinit {
        unsafe PQclear(pointer)
    }

    /// What the server reports of the statement: `INSERT 0 1`, `COMMIT`.
    var commandTag: String {
        unsafe String(cString: PQcmdStatus(pointer))
    }

    /// Rows that INSERT, UPDATE, DELETE or SELECT counted, otherwise 0.
    var affectedRows: Int {
        unsafe Int(String(cString: PQcmdTuples(pointer))) ?? 0
    }

    func column(named name: StaticString) -> Int? {
        guard columnCount > 0 else { return nil }
        var column = likelyColumn.load(ordering: .relaxed)
        if column >= columnCount { column = 0 }
        for _ in 0..<columnCount {
            if let candidate = unsafe PQfname(pointer, Int32(column)), unsafe equal(candidate, name) {
                likelyColumn.store(column + 1, ordering: .relaxed)
                return column
            }
            column += 1
            if column == columnCount { column = 0 }
        }
        return nil
    }

    func name(of column: Int) -> String {
        unsafe PQfname(pointer, Int32(column)).map { unsafe String(cString: $0) } ?? ""
    }

    func type(of column: Int) -> PostgresType {
        PostgresType(rawValue: unsafe PQftype(pointer, Int32(column)))
    }

    func isNull(row: Int, column: Int) -> Bool {
        unsafe PQgetisnull(pointer, Int32(row), Int32(column)) != 0
    }

    /// The binary value of a column that is not NULL.
    func value<Value: PostgresValue>(row: Int, column: Int, of type: PostgresType, as: Value.Type) -> Value? {
        guard let bytes = unsafe PQgetvalue(pointer, Int32(row), Int32(column)) else { return nil }
        let length = Int(unsafe PQgetlength(pointer, Int32(row), Int32(column)))
        return Value(decoding: unsafe RawSpan(_unsafeStart: bytes, byteCount: length), as: type)
    }

    private func equal(_ candidate: UnsafePointer<CChar>, _ name: StaticString) -> Bool {
        guard name.hasPointerRepresentation else { return unsafe String(cString: candidate) == name.description }
        return unsafe strcmp(candidate, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
    }
}
