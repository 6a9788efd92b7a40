public import Postgres

/// A column of the database whose values the key ring has sealed. The migration that makes it adds a row to the table `sealed_column`, and
/// what is put into it is sealed as ``SealedPlace`` of that kind: the table's name, a dot, and the column's.
public struct SealedColumn: Sendable, Hashable {
    public let table: String
    public let column: String

    public var kind: String { "\(table).\(column)" }
}

extension SealedColumn: RowDecodable {
    public init(row: Row) throws(PostgresError) {
        table = try row["table_name"]
        column = try row["column_name"]
    }
}

/// A value as it stands in its column, and where.
struct FoundSealedValue: RowDecodable {
    /// The row's, for as long as nobody changes it.
    let address: String
    let tenant: String
    let id: String
    let value: [UInt8]

    init(row: Row) throws(PostgresError) {
        address = try row["place"]
        tenant = try row["tenant_id"]
        id = try row["id"]
        value = try row["value"]
    }
}

/// How many values a key of the ring has sealed.
struct SealedKeyUse: RowDecodable {
    let keyID: String
    let count: Int

    init(row: Row) throws(PostgresError) {
        keyID = try row["key_id"]
        count = try row["count"]
    }
}
