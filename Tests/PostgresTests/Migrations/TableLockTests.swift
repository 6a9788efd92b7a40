import TestSupport
import Testing

@testable import Postgres

/// The locks worked out from a statement's words beside those that PostgreSQL itself takes for it.
@Suite struct TableLockTests {
    private static let tables = Migration(
        service: "test", number: 1, name: "tables",
        sql: """
            CREATE TABLE thing (id bigint PRIMARY KEY, name text, amount int);
            CREATE TABLE other (id bigint PRIMARY KEY, thing bigint, CONSTRAINT other_amount CHECK (id > 0) NOT VALID);
            CREATE INDEX other_by_thing ON other (thing);
            CREATE POLICY old ON other;
            CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE FUNCTION spare() RETURNS int LANGUAGE sql RETURN 1;
            CREATE TRIGGER old AFTER INSERT ON other FOR EACH ROW EXECUTE FUNCTION nothing();
            """)

    private static let statements = [
        "CREATE TABLE fresh (id int, twice int GENERATED ALWAYS AS (id * 2) STORED)",
        "CREATE TABLE fresh (id int, thing bigint REFERENCES public.thing ON DELETE CASCADE)",
        "CREATE UNIQUE INDEX fresh ON ONLY thing (name)", "CREATE INDEX ON thing (name)",
        "ALTER TABLE thing ADD more text", "ALTER TABLE IF EXISTS ONLY thing ALTER COLUMN name SET NOT NULL, ALTER amount SET STATISTICS 5",
        "ALTER TABLE thing ALTER COLUMN amount SET STATISTICS 5", "ALTER TABLE thing SET (fillfactor = 70)",
        "ALTER TABLE thing RESET (fillfactor)",
        "ALTER TABLE other VALIDATE CONSTRAINT other_amount", "ALTER TABLE other DISABLE TRIGGER old",
        "ALTER TABLE other ADD CONSTRAINT to_thing FOREIGN KEY (thing) REFERENCES thing NOT VALID",
        "ALTER TABLE thing ENABLE ROW LEVEL SECURITY", "ALTER TABLE thing RENAME TO item",
        "ALTER TABLE other ADD CHECK (thing IN (1, 2)), ALTER thing SET DEFAULT 1",
        "CREATE POLICY fresh ON thing USING (true)", "ALTER POLICY old ON other USING (true)", "DROP POLICY old ON other",
        "CREATE TRIGGER fresh AFTER INSERT ON thing FOR EACH ROW EXECUTE FUNCTION nothing()", "DROP TRIGGER old ON other",
        "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1", "DROP FUNCTION spare()",
        "GRANT SELECT ON thing TO PUBLIC",
        "COMMENT ON TABLE thing IS 'a thing'", "DROP TABLE IF EXISTS other", "TRUNCATE TABLE thing", "INSERT INTO thing VALUES (1)",
        "UPDATE ONLY thing SET name = ''", "DELETE FROM thing", "ANALYZE thing",
        // These say too little, and so does the answer.
        "CREATE TABLE fresh AS SELECT * FROM thing", "CREATE TABLE fresh (LIKE thing) INHERITS (thing)", "DROP INDEX other_by_thing",
        "DO 'BEGIN END'", "TRUNCATE thing, other", "CREATE VIEW fresh AS SELECT 1", "SELECT 1",
    ]

    private struct Held: RowDecodable, Hashable {
        var table: String
        var mode: String

        init(row: Row) throws(PostgresError) {
            table = try row["table"]
            mode = try row["mode"]
        }

        init(_ lock: TableLock) {
            table = lock.table
            mode = lock.mode.sqlName.split(separator: " ").map { $0.prefix(1) + $0.dropFirst().lowercased() }.joined() + "Lock"
        }
    }

    @Test("What is worked out from a statement's words is what PostgreSQL does", arguments: statements)
    func locks(statement: String) async throws {
        let database = try await TestCluster.shared().freshDatabase([Self.tables])
        let session = try Session.connect(database.owner)
        defer { session.finish() }
        let parsed = try #require(SQLScript(statement).statements.first)
        // Under their names of before: a statement may rename or drop them.
        try session.executeScript(
            "CREATE TEMP TABLE before AS SELECT oid, relname::text AS name FROM pg_class WHERE relname IN ('thing', 'other')")
        try session.executeScript("BEGIN; \(statement)")
        let rows: [Held] = try session.execute(
            """
            SELECT DISTINCT ON (name) name AS table, mode FROM pg_locks JOIN before ON relation = before.oid WHERE pid = pg_backend_pid()
            ORDER BY name, array_position(ARRAY['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock',
                'ShareUpdateExclusiveLock', 'RowExclusiveLock', 'RowShareLock', 'AccessShareLock'], mode)
            """
        ).all()
        guard let locks = parsed.locks else {
            #expect(Self.statements.suffix(7).contains(statement))
            return
        }
        // What stops nobody is not worth telling, and PostgreSQL takes it also to look a name up.
        let strong = rows.filter { $0.mode != "AccessShareLock" }
        #expect(Set(locks.map(Held.init)) == Set(strong))
    }
}
