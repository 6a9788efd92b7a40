/// One statement and the values bound to it.
///
/// It is written as a string literal, and an interpolated value becomes a parameter (`$1`, `$2` …), never text:
///
///     let statement: SQL = "SELECT name FROM lead WHERE id = \(id) AND status = ANY(\(statuses))"
///
/// Text comes from literals alone: `\(fragment: "created_at DESC")` takes a `StaticString`, `\(statement)` another `SQL`.
public struct SQL: Sendable {
    /// The statement with its placeholders.
    public private(set) var text: String
    private(set) var parameters: [Parameter] = []
    /// The binary form of all values, one after the other.
    private(set) var values: [UInt8] = []

    struct Parameter: Sendable, Hashable {
        var type: PostgresType
        /// Where the value starts in `values`.
        var start: Int
        /// Its length in bytes; nil is SQL's NULL.
        var length: Int?
        /// Where its placeholder starts in `text`, in UTF-8 bytes: a statement within another is renumbered by it.
        var placeholder: Int
    }

    fileprivate init(text: String) {
        self.text = text
    }

    /// The same statement without its values: what a cache keeps.
    var shape: SQL {
        var shape = self
        shape.values = []
        for index in shape.parameters.indices {
            shape.parameters[index].start = 0
            shape.parameters[index].length = nil
        }
        return shape
    }

    /// Whether a statement prepared for `other` serves this one, too.
    func hasShape(of other: SQL) -> Bool {
        guard text == other.text, parameters.count == other.parameters.count else { return false }
        for index in parameters.indices where parameters[index].type != other.parameters[index].type { return false }
        return true
    }

    fileprivate mutating func append(_ text: StaticString) {
        self.text.append(text.description)
    }

    fileprivate mutating func append(ownName name: String) {
        text.append(name)
    }

    fileprivate mutating func bind<Value: PostgresValue>(_ value: Value?) {
        let start = values.count
        value?.encode(into: &values)
        let length = value == nil ? nil : values.count - start
        appendPlaceholder(Parameter(type: Value.type, start: start, length: length, placeholder: 0))
    }

    fileprivate mutating func append(_ other: SQL) {
        let base = values.count
        values.append(contentsOf: other.values)
        var copied = other.text.utf8.startIndex
        for (index, parameter) in other.parameters.enumerated() {
            let placeholder = other.text.utf8.index(other.text.utf8.startIndex, offsetBy: parameter.placeholder)
            text.append(contentsOf: other.text[copied..<placeholder])
            copied = other.text.utf8.index(placeholder, offsetBy: "$\(index + 1)".utf8.count)
            var parameter = parameter
            parameter.start += base
            appendPlaceholder(parameter)
        }
        text.append(contentsOf: other.text[copied...])
    }

    private mutating func appendPlaceholder(_ parameter: Parameter) {
        var parameter = parameter
        parameter.placeholder = text.utf8.count
        parameters.append(parameter)
        text.append("$\(parameters.count)")
    }
}

extension SQL: ExpressibleByStringInterpolation {
    // StaticString, so that not even `SQL(stringLiteral:)` takes text that was made at run time.
    public typealias StringLiteralType = StaticString

    public init(stringLiteral text: StaticString) {
        self.init(text: text.description)
    }

    public init(stringInterpolation interpolation: StringInterpolation) {
        self = interpolation.statement
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        public typealias StringLiteralType = StaticString
        fileprivate var statement: SQL

        public init(literalCapacity: Int, interpolationCount: Int) {
            var text = ""
            text.reserveCapacity(literalCapacity + 3 * interpolationCount)
            statement = SQL(text: text)
        }

        public mutating func appendLiteral(_ text: StaticString) {
            statement.append(text)
        }

        /// Binds a value.
        public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value) {
            statement.bind(value)
        }

        /// Binds a value or NULL.
        public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value?) {
            statement.bind(value)
        }

        /// Puts another statement here, with its own values.
        public mutating func appendInterpolation(_ statement: SQL) {
            self.statement.append(statement)
        }

        /// For names that this module makes up itself.
        mutating func appendInterpolation(ownName name: String) {
            statement.append(ownName: name)
        }

        /// Puts text here that stands in the program's source: a column list, an order, an identifier.
        public mutating func appendInterpolation(fragment text: StaticString) {
            statement.append(text)
        }
    }
}

extension SQL: CustomStringConvertible {
    /// The text; values are never shown.
    public var description: String { text }
}
