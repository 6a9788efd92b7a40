import Postgres
import TestSupport

/// One row of any table, as the superuser sees it.
struct StoredRow: RowDecodable, Hashable, CustomStringConvertible {
    let table: String
    /// The transaction that wrote this version of the row.
    let writer: String
    let content: String

    init(row: Row) throws(PostgresError) {
        table = try row["place"]
        writer = try row["writer"]
        content = try row["content"]
    }

    var description: String { "\(table) by \(writer): \(content)" }
}

extension LeadWorld {
    /// All rows of all tables that the migrations have made, whatever tables these are.
    func everyRow() async throws -> Set<StoredRow> {
        let scope = Scope(tenant: nil, caller: "tester", requestID: "test")
        let rows = try await administration.transaction(scope) { transaction in
            transaction.enqueue(
                """
                CREATE OR REPLACE FUNCTION pg_temp.every_row() RETURNS TABLE (place text, writer text, content text) LANGUAGE plpgsql AS $$
                DECLARE
                    one regclass;
                BEGIN
                    FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
                        RETURN QUERY EXECUTE format('SELECT %L::text, t.xmin::text, t::text FROM %s AS t', one, one);
                    END LOOP;
                END
                $$
                """)
            return try await transaction.all("SELECT place, writer, content FROM pg_temp.every_row()", as: StoredRow.self)
        }
        return Set(rows)
    }
}
