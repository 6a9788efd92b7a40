public import StandardTypes

/// Questions that generated checks ask of values. Text is compared byte for byte: Swift's own `==` takes two spellings of "é" for one.
public enum Check {
    // MARK: Text

    /// A scalar has one to four bytes, so that most texts need no count.
    public static func length(_ text: String, isAtLeast count: Int) -> Bool {
        text.utf8.count >= count && (text.utf8.count / 4 >= count || text.unicodeScalars.count >= count)
    }

    public static func length(_ text: String, isAtMost count: Int) -> Bool {
        text.utf8.count <= count || (text.utf8.count / 4 <= count && text.unicodeScalars.count <= count)
    }

    public static func length(_ text: String, is count: Int) -> Bool {
        length(text, isAtLeast: count) && length(text, isAtMost: count)
    }

    public static func equal(_ text: String, _ other: String) -> Bool { text.utf8.elementsEqual(other.utf8) }

    public static func equal(_ texts: [String], _ others: [String]) -> Bool { texts.elementsEqual(others, by: equal) }

    public static func begins(_ text: String, _ prefix: String) -> Bool { text.utf8.starts(with: prefix.utf8) }

    public static func ends(_ text: String, _ suffix: String) -> Bool { text.utf8.reversed().starts(with: suffix.utf8.reversed()) }

    public static func contains(_ text: String, _ part: String) -> Bool { contains(text.utf8Span.span, part.utf8Span.span) }

    // MARK: Bytes

    public static func begins(_ bytes: [UInt8], _ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }

    public static func ends(_ bytes: [UInt8], _ suffix: [UInt8]) -> Bool { bytes.suffix(suffix.count).elementsEqual(suffix) }

    public static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool { contains(bytes.span, part.span) }

    /// The prefix function of Knuth, Morris and Pratt: a caller's text of `aaaa…` takes no more than linear time.
    private static func contains(_ text: Span<UInt8>, _ part: Span<UInt8>) -> Bool {
        if part.isEmpty { return true }
        if part.count > text.count { return false }
        var borders = [0]
        var matched = 0
        for index in 1..<max(1, part.count) {
            while matched > 0, part[matched] != part[index] { matched = borders[matched - 1] }
            if part[matched] == part[index] { matched += 1 }
            borders.append(matched)
        }
        matched = 0
        for index in text.indices {
            while matched > 0, part[matched] != text[index] { matched = borders[matched - 1] }
            if part[matched] == text[index] { matched += 1 }
            if matched == part.count { return true }
        }
        return false
    }

    // MARK: Times

    public static func nanoseconds(_ time: Timestamp) -> Int128 { Int128(time.seconds) * 1_000_000_000 + Int128(time.nanos) }

    public static func nanoseconds(_ time: Duration) -> Int128 { Int128(time.seconds) * 1_000_000_000 + Int128(time.nanos) }

    // MARK: Lists

    /// Zero and minus zero are the same number, and no NaN is like another.
    public static func areUnique<Value: Hashable>(_ values: [Value]) -> Bool {
        var seen = Set<Value>(minimumCapacity: values.count)
        return values.allSatisfy { seen.insert($0).inserted }
    }

    public static func areUnique(_ texts: [String]) -> Bool { areUnique(texts.map { Array($0.utf8) }) }

    public static func count(_ conditions: [Bool]) -> Int { conditions.count { $0 } }
}
