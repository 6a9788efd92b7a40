/// One statement and the values bound to it.
///
/// It is written as a string literal, and an interpolated value becomes a parameter (`$1`, `$2` …), never text:
///
///     let statement: SQL = "SELECT name FROM lead WHERE id = \(id) AND status = ANY(\(statuses))"
///
/// Text comes from literals alone: `\(fragment: "created_at DESC")` takes a `StaticString`, `\(statement)` another `SQL`.
public struct SQL: Sendable {
    /// What its text is made of.
    private(set) var pieces: [SQLPiece] = []
    /// Names that this module makes up itself, each with how many pieces stand before it. None in a statement of anybody else's.
    private(set) var ownNames: [OwnName] = []
    private(set) var parameters: [Parameter] = []
    /// The binary form of all values, one after the other.
    private(set) var values: [UInt8] = []

    struct Parameter: Sendable, Hashable {
        var type: PostgresType
        /// Where the value starts in `values`.
        var start: Int
        /// Its length in bytes; nil is SQL's NULL.
        var length: Int?
    }

    struct OwnName: Sendable, Hashable {
        var text: String
        var piecesBefore: Int
    }

    fileprivate init() {}

    fileprivate init(text: StaticString) {
        pieces = [SQLPiece(text)]
    }

    /// The statement with its placeholders. Put together whenever it is asked for, which a statement that is prepared already never is.
    public var text: String {
        var text = ""
        var number = 0
        var names = ownNames[...]
        for index in 0...pieces.count {
            while let name = names.first, name.piecesBefore == index { text.append(names.removeFirst().text) }
            guard index < pieces.count else { break }
            text.append(pieces[index].text.description)
            guard pieces[index].parameter != nil else { continue }
            number += 1
            text.append("$\(number)")
        }
        return text
    }

    /// The same statement without its values: what a cache keeps.
    var shape: SQL {
        var shape = self
        shape.parameters = []
        shape.values = []
        return shape
    }

    /// Whether both are made of the same pieces of this program's source. One text may be written in several places, which are then as
    /// different as two statements.
    func hasShape(of other: SQL) -> Bool {
        pieces == other.pieces && ownNames == other.ownNames
    }

    /// The same for statements of one shape, and hardly ever the same for others.
    var fingerprint: Int {
        var fingerprint: UInt = 0
        for piece in pieces { fingerprint = (fingerprint ^ piece.fingerprint) &* 0x9E37_79B9_7F4A_7C15 }
        return Int(bitPattern: fingerprint ^ fingerprint >> 32)
    }

    fileprivate mutating func append(_ text: StaticString) {
        let piece = SQLPiece(text)
        // An interpolation has an empty text at its end.
        guard !piece.isEmpty else { return }
        pieces.append(piece)
    }

    fileprivate mutating func append(ownName name: String) {
        ownNames.append(OwnName(text: name, piecesBefore: pieces.count))
    }

    fileprivate mutating func bind<Value: PostgresValue>(_ value: Value?) {
        let start = values.count
        value?.encode(into: &values)
        appendParameter(Parameter(type: Value.type, start: start, length: value == nil ? nil : values.count - start))
    }

    private mutating func appendParameter(_ parameter: Parameter) {
        parameters.append(parameter)
        // Most often there is text before it.
        let last = pieces.count - 1
        if last >= 0, pieces[last].parameter == nil, ownNames.last?.piecesBefore != pieces.count {
            pieces[last].parameter = parameter.type
        } else {
            pieces.append(SQLPiece("", parameter.type))
        }
    }

    fileprivate mutating func append(_ other: SQL) {
        let base = values.count
        values.append(contentsOf: other.values)
        for name in other.ownNames { ownNames.append(OwnName(text: name.text, piecesBefore: pieces.count + name.piecesBefore)) }
        pieces.append(contentsOf: other.pieces)
        for var parameter in other.parameters {
            parameter.start += base
            parameters.append(parameter)
        }
    }

    fileprivate mutating func reserve(_ interpolations: Int) {
        pieces.reserveCapacity(interpolations + 1)
        parameters.reserveCapacity(interpolations)
        // Most values are short texts, numbers and ids.
        values.reserveCapacity(interpolations * 16)
    }
}

extension SQL: ExpressibleByStringInterpolation {
    // StaticString, so that not even `SQL(stringLiteral:)` takes text that was made at run time.
    public typealias StringLiteralType = StaticString

    public init(stringLiteral text: StaticString) {
        self.init(text: text)
    }

    public init(stringInterpolation interpolation: StringInterpolation) {
        self = interpolation.statement
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        public typealias StringLiteralType = StaticString
        fileprivate var statement: SQL

        public init(literalCapacity: Int, interpolationCount: Int) {
            statement = SQL()
            statement.reserve(interpolationCount)
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
