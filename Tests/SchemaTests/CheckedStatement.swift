@testable import Postgres

/// A statement of a service, with sample values, and what its rows are decoded into.
struct CheckedStatement: Sendable {
    let name: String
    let statement: SQL
    let decode: (@Sendable (ResultSet) throws -> Void)?
    /// What a column `state` may hold.
    var state: StaticString = "ready"
    /// What columns of these names hold, where they hold words of their own.
    var words: [String: String] = [:]

    /// One whose result nobody reads, or whose rows are decoded by a type that only its own file knows.
    init(_ name: String, _ statement: SQL) {
        self.name = name
        self.statement = statement
        decode = nil
    }

    init<Value: RowDecodable & SendableMetatype>(
        _ name: String, _ statement: SQL, _ type: Value.Type, state: StaticString = "ready", words: [String: String] = [:]
    ) {
        self.name = name
        self.state = state
        self.words = words
        self.statement = statement
        decode = { results in
            let _: [Value] = try results.all()
        }
    }

    /// What is wrong with it on this schema; nil when it fits.
    func fault(on session: Session) -> String? {
        do throws(PostgresError) {
            // What is prepared outlives its transaction.
            try session.executeScript("DEALLOCATE ALL; BEGIN")
            defer { _ = try? session.executeScript("ROLLBACK") }
            let types = statement.parameters.map(\.type.description).joined(separator: ", ")
            try session.executeScript("PREPARE checked\(types.isEmpty ? "" : " (\(types))") AS \(statement.text)")
            guard let decode else { return nil }
            // Its columns, as they are described whether or not there are rows.
            let described = try session.execute(statement)
            let columns = (0..<described.columnCount).map { (name: described.name(of: $0), type: described.type(of: $0)) }
            guard !columns.isEmpty else { return "it has no columns to decode" }
            let values = columns.map { "(\(sample($0.name, $0.type)))::\($0.type) AS \"\($0.name)\"" }
            try session.executeScript("CREATE TEMP VIEW described AS SELECT \(values.joined(separator: ", "))")
            let row = try session.execute("SELECT * FROM described")
            do {
                try decode(row)
                return nil
            } catch {
                return "\(error)"
            }
        } catch {
            return error.description
        }
    }

    /// A value that a column of this name and type may have.
    private func sample(_ name: String, _ type: PostgresType) -> String {
        if let word = words[name] { return "'\(word)'" }
        return switch (name, type) {
        case ("status", .text): "'new'"
        case ("state", .text): "'\(state)'"
        case ("class", .text): "'lost'"
        case ("currency", .text): "'INR'"
        case ("customer_kind", .text), ("buyer_kind", .text): "'unregistered'"
        case ("hsn", .text), ("hsn_prefix", .text): "'1006'"
        case ("taxability", .text): "'taxable'"
        case (_, .text), (_, .bytea): "''"
        case (_, .bool): "true"
        case (_, .uuid): "'01890000-0000-7000-8000-000000000000'"
        case (_, .date): "'2026-01-01'"
        case (_, .timestamptz): "'2026-01-01T00:00:00Z'"
        case (_, .jsonb): "'{}'"
        case _ where type.description.hasSuffix("[]"): "'{}'"
        default: "1"
        }
    }
}
