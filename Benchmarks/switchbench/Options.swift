/// The words of a command line, one after the other.
struct Options {
    private var words: ArraySlice<String>
    private var option = ""

    init(_ words: some Sequence<String>) {
        self.words = Array(words)[...]
    }

    /// The next option; nil at the end.
    mutating func next() -> String? {
        guard let word = words.popFirst() else { return nil }
        option = word
        return word
    }

    /// What stands behind the option.
    mutating func value() throws(UsageError) -> String {
        guard let value = words.popFirst() else { throw UsageError("\(option) needs a value") }
        return value
    }

    mutating func number<Number: FixedWidthInteger>() throws(UsageError) -> Number {
        guard let number = Number(try value()) else { throw UsageError("\(option) needs a number") }
        return number
    }

    var unknown: UsageError { UsageError("there is no option \(option)") }
}

/// A command line that cannot be run, and why.
struct UsageError: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}
