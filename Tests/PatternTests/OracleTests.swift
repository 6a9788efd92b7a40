import Pattern
import TestSupport
import Testing

/// RE2 itself, over random patterns and texts.
struct OracleTests {
    @Test("matches, and refuses, what RE2 does")
    func randomPatterns() async throws {
        let count = Soak.isOn ? 100_000 : 1_000
        let seed = UInt32.random(in: 0 ... .max)
        let oracle = try PythonOracle("Tests/PatternTests/Python/patterns.py").start([String(seed), String(count)])
        var (compiled, matched, compared) = (0, 0, 0)
        while let line = try await oracle.line() {
            let words = line.split(separator: " ")
            let pattern = Hex.text(words[0])
            compared += 1
            guard words.count > 1, words[1] != "-" else {
                #expect(throws: PatternError.self, "seed \(seed): RE2 refuses \(pattern.debugDescription)") {
                    try Automaton(pattern: pattern)
                }
                continue
            }
            let automaton: Automaton
            do throws(PatternError) {
                automaton = try Automaton(pattern: pattern)
            } catch {
                // RE2 has no such bound, since it builds its states while it matches.
                let isTooLarge = error.reason.contains("automaton of more than")
                #expect(isTooLarge, "seed \(seed): RE2 takes \(pattern.debugDescription), we say: \(error)")
                continue
            }
            compiled += 1
            for word in words.dropFirst() {
                let text = Hex.text(word.dropLast())
                let expected = word.last == "1"
                if expected { matched += 1 }
                #expect(
                    automaton.matches(text) == expected,
                    "seed \(seed): \(pattern.debugDescription) on \(text.debugDescription): RE2 says \(expected)")
            }
        }
        #expect(try await oracle.end() == .exited(0))
        #expect(
            compared == count && compiled > count / 2 && matched > count, "\(compared) patterns, \(compiled) compiled, \(matched) matches")
    }
}

enum Hex {
    static func text(_ hex: Substring) -> String {
        let digits = hex.utf8.map { UInt8($0 >= 0x61 ? $0 - 0x57 : $0 - 0x30) }
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
