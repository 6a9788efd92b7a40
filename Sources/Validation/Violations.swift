public import StandardTypes

/// Collects the rules that a message breaks, all of them before any is reported, up to a bound.
///
/// Generated checks say where they are (``at(_:)``) and what must hold (``expect(_:_:_:)``). As long as all holds, that is all that
/// happens: a path is put together only for a violation, on the way out of the message that has it.
public struct Violations: Sendable {
    /// In the order of their fields.
    public private(set) var all: [Violation] = []
    private let limit: Int
    private var textBytesLeft: Int
    private var field: StaticString = ""
    private var element = Element.none
    private let clock: @Sendable () -> Timestamp
    private var readClock: Int128?

    /// The part of a list or a map that is looked at.
    public enum Element: Sendable {
        case none
        case index(Int)
        case text(String)
        case number(Int64)
        case unsigned(UInt64)
        case flag(Bool)
    }

    /// - Parameters:
    ///   - clock: asked at most once, and only by rules about the present.
    ///   - limit: violations to keep; nil for as many as a trailer has room for.
    public init(clock: @escaping @Sendable () -> Timestamp, limit: Int? = nil) {
        self.clock = clock
        self.limit = limit ?? Limits.violations
        textBytesLeft = limit == nil ? Limits.textBytes : Int.max
    }

    public var isEmpty: Bool { all.isEmpty }

    // MARK: For generated checks

    /// What follows is about this field; empty for the message as a whole.
    public mutating func at(_ field: StaticString) {
        self.field = field
        element = .none
    }

    /// What follows is about one element of this field.
    public mutating func at(_ field: StaticString, _ element: Element) {
        self.field = field
        self.element = element
    }

    @inlinable @inline(__always)
    public mutating func expect(_ holds: Bool, _ rule: StaticString, _ description: StaticString) {
        if !holds { add(rule, description) }
    }

    /// Checks a message in the current field.
    public mutating func message(_ value: some Validated) {
        let (outerField, outerElement, first) = (field, element, all.count)
        value.validate(&self)
        (field, element) = (outerField, outerElement)
        if first < all.count { put(place, before: first..<all.count) }
    }

    /// Nanoseconds since 1970, read once so that all rules see the same present.
    public var now: Int128 {
        mutating get {
            if let readClock { return readClock }
            let now = Check.nanoseconds(clock())
            readClock = now
            return now
        }
    }

    /// Notes a violation in the current field. Those above the limit are dropped: mending the first ones shows the rest.
    @inline(never)
    public mutating func add(_ rule: StaticString, _ description: StaticString) {
        add(rule.description, description.description)
    }

    mutating func add(_ rule: String, _ description: String) {
        guard all.count < limit, textBytesLeft > 0 else { return }
        all.append(Violation(field: place, rule: rule, description: description))
        textBytesLeft -= place.utf8.count + rule.utf8.count + description.utf8.count
    }

    // MARK: Paths

    private mutating func put(_ prefix: String, before violations: Range<Int>) {
        for index in violations {
            let inner = all[index].field
            all[index].field = inner.isEmpty ? prefix : "\(prefix).\(inner)"
            textBytesLeft -= prefix.utf8.count
        }
    }

    private var place: String {
        switch element {
        case .none: field.description
        case .index(let index): "\(field)[\(index)]"
        case .text(let key): "\(field)[\(Self.quoted(key))]"
        case .number(let key): "\(field)[\(key)]"
        case .unsigned(let key): "\(field)[\(key)]"
        case .flag(let key): "\(field)[\(key)]"
        }
    }

    /// The key as a string literal, cut where it is long. Control characters would trick a terminal or a log.
    private static func quoted(_ key: String) -> String {
        var text = "\""
        for scalar in key.unicodeScalars.prefix(Limits.keyScalars) {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case "\n": text += "\\n"
            case _ where scalar.properties.generalCategory == .control:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + (key.unicodeScalars.count > Limits.keyScalars ? "…\"" : "\"")
    }
}
