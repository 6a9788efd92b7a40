import Console
import Testing

struct ArgumentsTests {
    @Test("options, flags and operands are told apart in any order")
    func sorted() throws {
        let arguments = try Arguments(
            ["a", "--port", "1", "--fresh", "-d", "{}", "--state=x=y", "b", "--", "--port"],
            options: ["--port", "-d", "--state"], flags: ["--fresh"])
        #expect(arguments["--port"] == "1")
        #expect(arguments["-d"] == "{}")
        #expect(arguments["--state"] == "x=y")
        #expect(arguments.has("--fresh"))
        #expect(!arguments.has("--port"))
        #expect(arguments.operands == ["a", "b", "--port"])
    }

    @Test(
        "what cannot be understood is said in a sentence",
        arguments: [
            (["--prot", "1"], "The option \"--prot\" is unknown. Did you mean \"--port\"?"),
            (["--something-else"], "The option \"--something-else\" is unknown."),
            (["--port"], "--port needs a value."),
            (["--port", "1", "--port=2"], "--port is given twice."),
            (["--fresh=yes"], "--fresh takes no value."),
        ])
    func refused(words: [String], sentence: String) {
        #expect(throws: UsageError(sentence)) { try Arguments(words, options: ["--port"], flags: ["--fresh"]) }
    }

    @Test("a number has its range", arguments: ["", "x", "70000", "-1", "1.5", "99999999999999999999"])
    func numbers(text: String) throws {
        let arguments = try Arguments(["--port", text], options: ["--port"])
        #expect(throws: UsageError("--port must be a whole number from 0 to 65535, not \"\(text)\".")) {
            try arguments.integer("--port", in: 0...65_535)
        }
    }
}

struct ShellWordTests {
    @Test(
        "a word is quoted only when a shell would change it",
        arguments: [
            ("/usr/bin/true", "/usr/bin/true"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("$HOME", "'$HOME'"),
            ("{\"a\":1}", "'{\"a\":1}'"), ("~", "'~'"), ("a\nb", "'a\nb'"),
        ])
    func words(text: String, word: String) {
        #expect(text.shellWord == word)
    }

    @Test("inside double quotes four characters are special")
    func doubleQuotes() {
        #expect("a\"b$c`d\\e f'".inDoubleQuotes == "a\\\"b\\$c\\`d\\\\e f'")
    }
}

struct NearestWordTests {
    @Test(
        "the word that was meant is found when it is near, and no other",
        arguments: [("serv", "serve"), ("migrat", "migrate"), ("dve", "dev"), ("xyzzy", nil), ("", nil)] as [(String, String?)])
    func nearest(word: String, meant: String?) {
        #expect(word.nearest(among: ["serve", "migrate", "dev"]) == meant)
    }
}
