/// The bytes of one .proto file and where its lines begin.
public struct SourceText: Sendable {
    /// How diagnostics call the file: the path it was read from.
    public let path: String
    public let bytes: [UInt8]
    private let lineStarts: [Int]

    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        lineStarts = starts
    }

    /// Line and column of a byte offset, both counted from zero; the column counts bytes.
    func position(of offset: Int) -> (line: Int, column: Int) {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return (low, offset - lineStarts[low])
    }

    /// The byte offset of a place counted from zero; the nearest one if there is no such place.
    func offset(line: Int, column: Int) -> Int {
        let start = lineStarts[max(0, min(line, lineStarts.count - 1))]
        return max(0, min(start + min(max(0, column), bytes.count), bytes.count))
    }

    /// Where a word stands between two offsets, behind the first occurrence of `mark`.
    func offset(of word: String, behind mark: String, in range: Range<Int>) -> Int? {
        guard !word.isEmpty, let first = bytes[range].firstRange(of: Array(mark.utf8)) else { return nil }
        func isWord(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "_") || Unicode.Scalar(byte).properties.isAlphabetic }
        return bytes[first.upperBound..<range.upperBound].ranges(of: Array(word.utf8)).first {
            !isWord(bytes[$0.lowerBound - 1]) && ($0.upperBound == bytes.count || !isWord(bytes[$0.upperBound]))
        }?.lowerBound
    }

    /// The text of a line counted from zero, without its line end; nil if it is too long to be shown.
    func line(_ number: Int) -> String? {
        guard lineStarts.indices.contains(number) else { return "" }
        let start = lineStarts[number]
        var end = number + 1 < lineStarts.count ? lineStarts[number + 1] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return end - start > Limits.shownLineBytes ? nil : String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// Line and column counted from one; the column counts characters.
    func humanPosition(of offset: Int) -> (line: Int, column: Int) {
        let (line, column) = position(of: offset)
        let before = String(decoding: bytes[(offset - column)..<offset], as: UTF8.self)
        return (line + 1, before.unicodeScalars.count + 1)
    }

    /// `path:line:column` as editors understand it.
    func place(of span: Span) -> String {
        let (line, column) = humanPosition(of: span.start)
        return "\(path):\(line):\(column)"
    }

    func text(_ span: Span) -> String {
        String(decoding: bytes[span.start..<span.end], as: UTF8.self)
    }
}

/// A run of bytes in one source file, end excluded.
struct Span: Sendable, Hashable {
    var start: Int
    var end: Int

    func through(_ other: Span) -> Span { Span(start: start, end: other.end) }
}
