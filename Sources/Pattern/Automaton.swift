/// A pattern in RE2's syntax, compiled to a table: whether a text contains a match takes one look-up for each character, whatever
/// the pattern and whatever the text, and allocates nothing.
///
/// Made from a pattern at generation; generated code holds it as text (``init(table:)``), so that nothing is compiled at run time.
public struct Automaton: Sendable {
    let asciiLetters: [UInt16]
    /// Runs of code points of one letter, for those above ASCII: where each begins, and its letter.
    let starts: [UInt32]
    let letters: [UInt16]
    let letterCount: Int
    let start: UInt16
    /// Cell `state * letterCount + letter`.
    let cells: [UInt16]
    let accepts: [Bool]

    /// - Throws: `PatternError` when the pattern is none of RE2's, uses `\C` or a script's name, or needs too large a table.
    public init(pattern: String) throws(PatternError) {
        let table = try Determinizer.table(of: NFA(Parser.parse(pattern))).minimized
        self.init(
            starts: table.alphabet.starts, letters: table.alphabet.letters.map { UInt16($0) }, start: UInt16(table.start),
            letterCount: table.alphabet.examples.count, cells: table.rows.joined().map { UInt16($0) }, accepts: table.accepts)
    }

    init(starts: [UInt32], letters: [UInt16], start: UInt16, letterCount: Int, cells: [UInt16], accepts: [Bool]) {
        self.starts = starts
        self.letters = letters
        self.start = start
        self.letterCount = letterCount
        self.cells = cells
        self.accepts = accepts
        var ascii: [UInt16] = []
        var run = 0
        for value in UInt32(0)..<0x80 {
            if run + 1 < starts.count, starts[run + 1] <= value { run += 1 }
            ascii.append(letters[run])
        }
        asciiLetters = ascii
    }

    /// True when the text, or a part of it, matches.
    public func matches(_ text: String) -> Bool {
        matches(text.utf8Span.span)
    }

    /// True when the bytes are UTF-8 and a part of them matches.
    public func matches(_ bytes: [UInt8]) -> Bool {
        guard (try? UTF8Span(validating: bytes.span)) != nil else { return false }
        return matches(bytes.span)
    }

    /// The bytes are valid UTF-8.
    private func matches(_ bytes: Span<UInt8>) -> Bool {
        var state = start
        var index = 0
        while index < bytes.count {
            if state <= UInt16(StateTable.matched) { return state == UInt16(StateTable.matched) }
            let byte = bytes[index]
            let letter: UInt16
            if byte < 0x80 {
                letter = asciiLetters[Int(byte)]
                index &+= 1
            } else {
                let width = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
                var value = UInt32(byte) & (0x7F >> UInt32(width))
                for offset in 1..<width where index &+ offset < bytes.count {
                    value = value &<< 6 | UInt32(bytes[index &+ offset] & 0x3F)
                }
                letter = self.letter(of: value)
                index &+= width
            }
            state = cells[Int(state) &* letterCount &+ Int(letter)]
        }
        return accepts[Int(state)]
    }

    private func letter(of scalar: UInt32) -> UInt16 {
        var low = 0
        var high = starts.count
        while high &- low > 1 {
            let middle = (low &+ high) / 2
            if starts[middle] <= scalar { low = middle } else { high = middle }
        }
        return letters[low]
    }
}
