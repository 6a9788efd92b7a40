/// `name = value`, as a statement or between brackets.
struct OptionSyntax: Sendable {
    /// One step of `deprecated`, `(pkg.policy).limit` or `(a).(pkg.b).c`.
    struct Part: Sendable {
        var name: Name
        var isExtension: Bool
    }

    var path: [Part]
    var value: ValueSyntax

    /// From the first part to the value's end.
    var span: Span { (path.first?.name.span ?? value.span).through(value.span) }

    /// The option's name when it is one plain word.
    var plainName: String? { path.count == 1 && path[0].isExtension == false ? path[0].name.text : nil }

    /// The name as one writes it.
    var displayName: String { path.map { $0.isExtension ? "(\($0.name.text))" : $0.name.text }.joined(separator: ".") }
}

/// The value of an option or of a field in an aggregate.
struct ValueSyntax: Sendable {
    indirect enum Content: Sendable {
        case identifier(String)
        /// The magnitude and the sign, since both ends of the 64-bit ranges are wanted.
        case integer(UInt64, isNegative: Bool)
        case float(Double)
        case string([UInt8])
        case aggregate([AggregateField])
        /// Only in aggregates.
        case list([ValueSyntax])
    }

    var content: Content
    var span: Span
}

/// `name: value` in an aggregate, which is text format.
struct AggregateField: Sendable {
    enum Key: Sendable {
        case field
        /// `[pkg.extension]`
        case `extension`
        /// `[type.googleapis.com/pkg.Message]`; the name holds the whole URL.
        case anyURL
    }

    var key: Key
    var name: Name
    var value: ValueSyntax
}
