/// The words of a command line, sorted into options, flags and the rest.
///
/// `--name VALUE` and `--name=VALUE` are the same; `--` ends the options; one letter after one dash is an option, too (`-d JSON`).
public struct Arguments: Sendable, Equatable {
    private var values: [String: String] = [:]
    private var raised: Set<String> = []
    /// What is neither an option nor a flag, in order.
    public private(set) var operands: [String] = []

    /// - Parameters:
    ///   - options: those that take a value, with their dashes: `["--port", "-d"]`.
    ///   - flags: those that take none.
    public init(_ words: some Sequence<String>, options: Set<String> = [], flags: Set<String> = []) throws(UsageError) {
        var words = words.makeIterator()
        while let word = words.next() {
            if word == "--" {
                while let operand = words.next() { operands.append(operand) }
            } else if !word.hasPrefix("-") || word == "-" {
                operands.append(word)
            } else {
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                let name = parts[0]
                if flags.contains(name) {
                    guard parts.count == 1 else { throw UsageError("\(name) takes no value.") }
                    raised.insert(name)
                } else if options.contains(name) {
                    guard let value = parts.count == 2 ? parts[1] : words.next() else { throw UsageError("\(name) needs a value.") }
                    guard values.updateValue(value, forKey: name) == nil else { throw UsageError("\(name) is given twice.") }
                } else {
                    throw UsageError(unknown: "option", name, among: options.union(flags))
                }
            }
        }
    }

    /// The value of an option, nil when it was not given.
    public subscript(option: String) -> String? { values[option] }

    public func has(_ flag: String) -> Bool { raised.contains(flag) }

    /// The whole number of an option.
    public func integer(_ option: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = values[option] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError("\(option) must be a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\".")
        }
        return number
    }

    /// For a command that takes no operand.
    public func demandNoOperands() throws(UsageError) {
        guard let operand = operands.first else { return }
        throw UsageError("\"\(operand)\" is one word too many.")
    }
}

/// A command line that cannot be understood, as a sentence for the person who typed it.
public struct UsageError: Error, Equatable, CustomStringConvertible {
    public var description: String

    public init(_ sentence: String) {
        description = sentence
    }

    /// A word that is none of those known, with the one that was probably meant.
    public init(unknown kind: String, _ word: String, among known: some Sequence<String>) {
        description = "The \(kind) \"\(word)\" is unknown."
        if let near = word.nearest(among: known) { description += " Did you mean \"\(near)\"?" }
    }
}
