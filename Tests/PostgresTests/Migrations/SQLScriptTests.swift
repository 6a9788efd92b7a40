import Testing

@testable import Postgres

@Suite struct SQLScriptTests {
    @Test(
        "Statements end at semicolons, but not at those in strings, names, comments and bodies",
        arguments: [
            ("", []), (" ; ;\n-- nothing\n/* at /* all */ ; */", []),
            ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
            ("SELECT ';''' ;SELECT E'\\';' ", ["SELECT ';'''", "SELECT E'\\';'"]),
            ("SELECT \"a;\"\"b\"", ["SELECT \"a;\"\"b\""]),
            ("SELECT $$ ; $$; SELECT $x$ $$ ; $x$, $1", ["SELECT $$ ; $$", "SELECT $x$ $$ ; $x$, $1"]),
            ("-- a;\nSELECT -- b;\n1;", ["SELECT -- b;\n1"]),
            (
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3",
                ["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END", "SELECT 3"]
            ),
            // What does not end is the author's mistake, which PostgreSQL tells him; here it must only not trap.
            ("SELECT 'x;", ["SELECT 'x;"]), ("SELECT $$ x;", ["SELECT $$ x;"]), ("SELECT \"x;", ["SELECT \"x;"]), ("/* x;", []),
            ("SELECT E'\\", ["SELECT E'\\"]),
        ])
    func statements(text: String, expected: [String]) {
        #expect(SQLScript(text).statements.map(\.text) == expected)
    }

    @Test("Words are lower case, names in quotes are as they are, strings have no text")
    func words() {
        let words = SQLScript("Select \"Name\", 'it''s', $$x$$ FROM public.Übung WHERE a>=1;").statements.first?.words
        #expect(words == ["select", "Name", ",", "'", ",", "'", "from", "public", ".", "Übung".lowercased(), "where", "a", ">", "=", "1"])
    }
}
