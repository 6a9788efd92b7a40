/// What a statement of a batch will give once the batch has run.
///
/// Decoding takes place after the batch: a row that does not decode, or that is missing, does not undo what was committed.
public struct Pending<Value> {
    /// Which of the results that are awaited.
    let result: Int
    let decode: (ResultSet) throws(PostgresError) -> Value

    /// The same result in another form.
    public func map<Other>(_ transform: @escaping (Value) -> Other) -> Pending<Other> {
        Pending<Other>(result: result) { (results) throws(PostgresError) in transform(try decode(results)) }
    }

    func resolve(_ results: [ResultSet]) throws(PostgresError) -> Value {
        guard results.indices.contains(result) else {
            throw PostgresError(.other, "The result belongs to another batch. Return only what this batch gave.")
        }
        return try decode(results[result])
    }
}

extension ResultSet {
    func one<Value: RowDecodable>() throws(PostgresError) -> Value {
        guard let value: Value = try optional() else {
            throw PostgresError(.noRow, "The query gave no row where one was expected.")
        }
        return value
    }

    func optional<Value: RowDecodable>() throws(PostgresError) -> Value? {
        guard rowCount <= 1 else {
            throw PostgresError(.tooManyRows, "The query gave \(rowCount) rows where at most one was expected.")
        }
        return rowCount == 0 ? nil : try Value(row: Row(results: self, index: 0))
    }

    func all<Value: RowDecodable>() throws(PostgresError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(rowCount)
        for index in 0..<rowCount { values.append(try Value(row: Row(results: self, index: index))) }
        return values
    }
}
