/// One row of a result. Columns are read by name, strictly:
///
///     init(row: Row) throws(PostgresError) {
///         id = try row["id"]
///         company = try row["company"]      // String?, so NULL is allowed
///     }
public struct Row: Sendable {
    let results: ResultSet
    let index: Int

    /// The value of a column that must not be NULL.
    /// Throws `decoding` when there is no such column, when it is NULL, or when its type is not read as `Value`.
    public subscript<Value: PostgresValue>(column: StaticString) -> Value {
        get throws(PostgresError) {
            guard let value: Value = try read(try find(column)) else {
                throw PostgresError(
                    .decoding, "Column \(column) is NULL where \(Value.self) was expected. Read it as an optional.",
                    column: column.description)
            }
            return value
        }
    }

    /// The value of a column, or nil for NULL.
    public subscript<Value: PostgresValue>(column: StaticString) -> Value? {
        get throws(PostgresError) {
            try read(try find(column))
        }
    }

    func onlyColumn<Value: PostgresValue>() throws(PostgresError) -> Value {
        guard let value: Value = try onlyColumn() else {
            let name = results.name(of: 0)
            throw PostgresError(
                .decoding, "Column \(name) is NULL where \(Value.self) was expected. Read it as an optional.", column: name)
        }
        return value
    }

    func onlyColumn<Value: PostgresValue>() throws(PostgresError) -> Value? {
        guard results.columnCount == 1 else {
            throw PostgresError(
                .decoding, "The row has \(results.columnCount) columns where a single \(Value.self) was expected. Decode a row type.")
        }
        return try read(0)
    }

    private func find(_ column: StaticString) throws(PostgresError) -> Int {
        guard let position = results.column(named: column) else {
            throw PostgresError(.decoding, "The result has no column \(column).", column: column.description)
        }
        return position
    }

    private func read<Value: PostgresValue>(_ column: Int) throws(PostgresError) -> Value? {
        let type = results.type(of: column)
        guard Value.accepts(type) else {
            let name = results.name(of: column)
            throw PostgresError(
                .decoding, "Column \(name) is \(type), which \(Value.self) does not read. Cast it in the statement.", column: name)
        }
        if results.isNull(row: index, column: column) { return nil }
        guard let value = results.value(row: index, column: column, of: type, as: Value.self) else {
            let name = results.name(of: column)
            throw PostgresError(.decoding, "Column \(name) holds a \(type) that is no valid \(Value.self).", column: name)
        }
        return value
    }
}

/// What a row decodes into: a type with a property for each column, or a single value.
public protocol RowDecodable {
    init(row: Row) throws(PostgresError)
}
