internal import Pattern

/// A pattern of the .proto file, compiled when its Swift was generated.
public struct CompiledPattern: Sendable {
    private let automaton: Automaton

    /// - Parameter table: what the generator wrote.
    public init(table: StaticString) { automaton = Automaton(table: table) }

    /// True when the text, or a part of it, matches.
    public func matches(_ text: String) -> Bool { automaton.matches(text) }

    /// True when the bytes are UTF-8 and a part of them matches.
    public func matches(_ bytes: [UInt8]) -> Bool { automaton.matches(bytes) }
}
