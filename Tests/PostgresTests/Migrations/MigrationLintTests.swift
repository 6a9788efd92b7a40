import Testing

@testable import Postgres

@Suite struct MigrationLintTests {
    static let released = Migration(service: "a", number: 1, name: "old", sql: "CREATE TABLE IF NOT EXISTS public.old (id int)")

    private static func objections(_ sql: String, number: Int = 2) -> [String] {
        Migration(service: "a", number: number, name: "step", sql: sql).objections(after: [released])
    }

    private static let walls = [
        "ALTER TABLE note ENABLE ROW LEVEL SECURITY;", "ALTER TABLE note FORCE ROW LEVEL SECURITY;",
        "CREATE POLICY tenant ON note USING (tenant_id = current_tenant());", "GRANT SELECT ON note TO switchboard_app;",
    ]

    @Test("R8 · A tenant's table without one of its walls is named", arguments: 0..<4)
    func walls(missing: Int) {
        let table = "CREATE TABLE note (tenant_id text NOT NULL);"
        #expect(Self.objections(table + Self.walls.joined()) == [])
        let kept = Self.walls.indices.filter { $0 != missing }.map { Self.walls[$0] }
        let objections = Self.objections(table + kept.joined())
        #expect(objections.count == 1)
        let words = ["no ENABLE ROW", "no FORCE ROW", "no POLICY", "no GRANT"]
        #expect(objections.first?.contains("Table note has tenant_id, but \(words[missing])") == true)
    }

    @Test("Walls of another table, and none for a table without a tenant")
    func otherTable() {
        #expect(Self.objections("CREATE TABLE other (tenant_id text);" + Self.walls.joined()).count == 4)
        #expect(Self.objections("CREATE TABLE zone (name text)") == [])
    }

    @Test(
        "What stops a server that is at work is named",
        arguments: [
            ("CREATE INDEX i ON old (id)", "CREATE INDEX CONCURRENTLY"),
            ("CREATE UNIQUE INDEX i ON ONLY old (id)", "CREATE INDEX CONCURRENTLY"),
            ("ALTER TABLE old ADD COLUMN name text NOT NULL", "without DEFAULT"),
            ("ALTER TABLE old ALTER id SET NOT NULL", "SET NOT NULL reads"),
            ("ALTER TABLE old ADD a int, ALTER COLUMN id SET DATA TYPE bigint", "Another TYPE"),
            ("ALTER TABLE old ADD CONSTRAINT c CHECK (id > 0)", "NOT VALID"),
            ("ALTER TABLE old ADD FOREIGN KEY (id) REFERENCES old", "NOT VALID"),
            ("CREATE OR REPLACE FUNCTION f() RETURNS int SECURITY DEFINER LANGUAGE sql RETURN 1", "SET search_path"),
        ])
    func hazards(sql: String, words: String) {
        let objections = Self.objections(sql)
        #expect(objections.count == 1)
        #expect(objections.first?.contains(words) == true)
    }

    @Test(
        "What does not is left alone",
        arguments: [
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON old (id)", "CREATE TABLE new (id int); CREATE INDEX i ON new (id)",
            "ALTER TABLE old ADD COLUMN name text NOT NULL DEFAULT ''", "ALTER TABLE old ADD COLUMN name text",
            "ALTER TABLE old ADD CONSTRAINT c CHECK (id > 0) NOT VALID", "ALTER TABLE old VALIDATE CONSTRAINT c",
            "CREATE FUNCTION f() RETURNS int SECURITY DEFINER SET search_path = pg_catalog, public LANGUAGE sql RETURN 1",
        ])
    func harmless(sql: String) {
        #expect(Self.objections(sql) == [])
    }
}
