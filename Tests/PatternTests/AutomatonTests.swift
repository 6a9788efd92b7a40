import Testing

@testable import Pattern

struct AutomatonTests {
    @Test(
        "matches anywhere in the text unless it is anchored",
        arguments: [
            ("b", "abc", true), ("^b", "abc", false), ("b$", "abc", false), ("^abc$", "abc", true), ("", "", true), ("^$", "a", false),
            ("a|^$", "", true), ("[0-9]+", "no digit", false), ("(?i)straße", "STRAẞE", true), ("^.$", "😀", true), ("^.$", "\n", false),
            ("(?s)^.$", "\n", true), ("\\bcat\\b", "a cat!", true), ("\\bcat\\b", "concat", false), ("(?m)^b$", "a\nb\nc", true),
            ("^b$", "a\nb\nc", false), ("^\\+[1-9][0-9]{9,14}$", "+442071838750", true), ("^\\+[1-9][0-9]{9,14}$", "+4420718", false),
            ("^\\ \\\n\\\u{0}\\_\\-$", " \n\u{0}_-", true), ("^\\pL{1,100}$", "Ελλάδα", true), ("^\\pL{1,100}$", "Ελλάδα1", false),
            ("^é$", "e\u{301}", false),
        ])
    func search(pattern: String, text: String, expected: Bool) throws {
        let automaton = try Automaton(pattern: pattern)
        #expect(automaton.matches(text) == expected)
        #expect(automaton.matches(Array(text.utf8)) == expected)
    }

    @Test("bytes that are not UTF-8 match nothing", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0x61, 0x80]] as [[UInt8]])
    func notText(bytes: [UInt8]) throws {
        #expect(try !Automaton(pattern: "(?s).*").matches(bytes))
    }

    @Test(
        "a pattern that cannot be used says why and where",
        arguments: [
            ("a(b", 1, "\"(\" is never closed"), ("ab)", 2, "closes nothing"), ("[a", 0, "\"[\" is never closed"),
            ("a**", 2, "nothing before this"), ("a{2,1}", 1, "wrong way round"), ("[z-a]", 1, "wrong way round"),
            ("a{1001}", 1, "at most 1000 times"), ("(a)\\1", 3, "refers back"), ("\\p{Greek}", 0, "scripts are not supported"),
            ("\\C", 0, "a single byte"), ("a(?=b)", 1, "begins no group"), ("\\y", 0, "no escape"), ("\\x{110000}", 0, "\\x takes"),
        ] as [(String, Int, String)])
    func refusals(pattern: String, offset: Int, reason: String) throws {
        let error = try #require(throws: PatternError.self) { try Automaton(pattern: pattern) }
        #expect(error.offset == offset)
        #expect(error.reason.contains(reason), "\(error.reason)")
    }

    @Test(
        "what would grow without measure is refused, soon",
        arguments: ["((a{100}){100}){100}", "(a|b)*a(a|b){20}", String(repeating: "(", count: 300), String(repeating: "a", count: 5_000)])
    func bounds(pattern: String) {
        #expect(throws: PatternError.self) { try Automaton(pattern: pattern) }
    }

    @Test(
        "the text of an automaton is that automaton",
        arguments: ["", "^$", "^[a-z0-9]+(-[a-z0-9]+)*$", "(?i)\\pL+\\b", "^[^\\x00-\\x1f\\x7f-\\x9f]*$", "a{0}b"])
    func table(pattern: String) throws {
        let automaton = try Automaton(pattern: pattern)
        let copy = Automaton(tableText: automaton.table)
        #expect(copy.cells == automaton.cells)
        #expect(copy.accepts == automaton.accepts)
        #expect(copy.start == automaton.start)
        #expect(copy.asciiLetters == automaton.asciiLetters)
        #expect(copy.starts == automaton.starts && copy.letters == automaton.letters)
    }

    @Test("an automaton is the least one for its language")
    func minimal() throws {
        // Dead, matched, and one state for each letter still to come.
        #expect(try Automaton(pattern: "^abc").accepts.count == 2 + 3)
        #expect(try Automaton(pattern: "(?:abc|abc|ab(?:c|c))").table == Automaton(pattern: "abc").table)
        #expect(try Automaton(pattern: "(?s).*").start == UInt16(StateTable.matched))
    }

    @Test("a text that would take a backtracking engine for ever takes one step a character")
    func linear() throws {
        let automaton = try Automaton(pattern: "^(a+)+$")
        let text = String(repeating: "a", count: 1_000_000) + "!"
        #expect(!automaton.matches(text))
    }
}
