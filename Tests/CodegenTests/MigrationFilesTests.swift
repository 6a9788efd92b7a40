import Testing

@testable import SwitchgenTool

/// `switchgen migrations`. That its output compiles is shown by the modules that have migrations, and that it says what the files say by
/// the checksums of those that are released.
@Suite("switchgen migrations")
struct MigrationFilesTests {
    @Test("Files become literals in the order of their numbers, whatever order they are named in")
    func order() throws {
        let scratch = try SwitchgenTests.Scratch([
            "0002_index.sql": "CREATE INDEX ON thing (id);\n", "0001_thing.sql": "-- Things.\r\nCREATE TABLE thing (id int);",
        ])
        let output = scratch.path + "/out/SchemaFiles.swift"
        let files = ["0002_index.sql", "0001_thing.sql"].map { "\(scratch.path)/\($0)" }
        #expect(Tool.run(["migrations", "--out", output] + files) == 0)
        #expect(
            try scratch.text("out/SchemaFiles.swift").contains(
                """
                        return [
                            file(1, "thing", #\"""
                -- Things.
                CREATE TABLE thing (id int);
                \"""#),
                            file(2, "index", #\"""
                CREATE INDEX ON thing (id);

                \"""#),
                        ]
                """))
    }

    @Test(
        "No text can end its literal or escape from it",
        arguments: [
            (#"SELECT '\(x) \n """'"#, "#"), (##"SELECT '"""# \#(x)'"##, "##"), (###"SELECT data ##> '"""##'"###, "###"),
        ])
    func quotes(text: String, quote: String) throws {
        let file = try MigrationFiles.File(path: "0001_a.sql", text: text)
        #expect(MigrationFiles.swift([file]).contains("file(1, \"a\", \(quote)\"\"\"\n\(text)\n\"\"\"\(quote)),\n"))
    }

    @Test(
        "A name that is no number and a word is refused",
        arguments: [
            "1_a.sql", "0001.sql", "0001_.sql", "0001-a.sql", "0000_a.sql", "000x_a.sql", "0001_A.sql", "0001_a\".sql", "0001_a.txt",
        ])
    func names(name: String) {
        let failure = #expect(throws: Failure.self) { try MigrationFiles.File(path: "Schema/\(name)", text: "SELECT 1") }
        #expect(failure?.message == "switchgen: Schema/\(name): a migration's file has a name such as 0001_what_it_makes.sql")
    }

    @Test("An empty file and one with a control character are refused", arguments: [" \n", "SELECT '\0'", "SELECT '\u{1B}'"])
    func contents(text: String) {
        #expect(throws: Failure.self) { try MigrationFiles.File(path: "0001_a.sql", text: text) }
    }

    @Test(
        "Two files of one number, and a gap, are refused",
        arguments: [
            (["0001_a.sql", "0002_b.sql", "0002_c.sql"], "b.sql and", "have the same number; give the newer one the next that is free"),
            (["0001_a.sql", "0003_c.sql"], "c.sql: the number should be 2", "without a gap"),
            (["0002_b.sql"], "b.sql: the number should be 1", "without a gap"),
        ])
    func numbers(names: [String], beginning: String, end: String) throws {
        let scratch = try SwitchgenTests.Scratch(Dictionary(uniqueKeysWithValues: names.map { ($0, "SELECT 1") }))
        let command = try Command(["migrations", "--out", "\(scratch.path)/out.swift"] + names.map { "\(scratch.path)/\($0)" })
        let failure = #expect(throws: Failure.self) { try MigrationFiles(command).run() }
        #expect(failure?.message.contains(beginning) == true)
        #expect(failure?.message.hasSuffix(end) == true)
        #expect(scratch.names == [])
    }
}
