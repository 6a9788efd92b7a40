internal import Crypto
internal import Postgres

/// Sealed values of all tenants, through functions that give and take nothing but sealed ones.
extension SQL {
    static let sealedColumns: SQL = "SELECT table_name, column_name FROM sealed_column ORDER BY table_name, column_name"

    static func sealedPages(of column: SealedColumn) -> SQL {
        "SELECT sealed_pages(\(column.table))"
    }

    /// Those on some pages of the table that do not begin with `prefix`.
    static func sealedValues(of column: SealedColumn, from page: Int, pages: Int, butFor prefix: [UInt8]) -> SQL {
        "SELECT place, tenant_id, id, value FROM sealed_values(\(column.table), \(column.column), \(page), \(pages), \(prefix))"
    }

    /// Gives how many still had their old value, and have the new one now.
    static func rewrap(_ column: SealedColumn, _ changes: [(old: FoundSealedValue, new: [UInt8])]) -> SQL {
        let (old, new) = (changes.map { Base64.encode($0.old.value, padded: true) }, changes.map { Base64.encode($0.new, padded: true) })
        return "SELECT sealed_rewrap(\(column.table), \(column.column), \(changes.map(\.old.address)), \(old), \(new))"
    }

    static func sealedKeys(of column: SealedColumn) -> SQL {
        "SELECT key_id, count FROM sealed_keys(\(column.table), \(column.column))"
    }
}
