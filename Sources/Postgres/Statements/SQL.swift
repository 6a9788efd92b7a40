/// One statement and the values bound to it.
///
/// It is written as a string literal, and an interpolated value becomes a parameter (`$1`, `$2` …), never text:
///
///     let statement: SQL = "SELECT name FROM lead WHERE id = \(id) AND status = ANY(\(statuses))"
///
/// Text comes from literals alone: `\(fragment: "created_at DESC")` takes a `StaticString`, `\(statement)` another `SQL`.
public struct SQL: Sendable {
    /// What its text is made of, each piece with the parameter behind it.
    private(set) var pieces: [SQLPiece] = []
    /// Names that this module makes up itself, each with how many pieces stand before it. None in a statement of anybody else's.
    private(set) var ownNames: [OwnName] = []
    private(set) var parameterCount = 0
    /// The last piece is text that a parameter may stand behind.
    private var endsInText = false
    /// The same for statements of one shape, and hardly ever the same for others.
    private(set) var fingerprint: UInt = 0
    /// The binary form of all values, one after the other.
    @usableFromInline var values: [UInt8] = []

    struct Parameter: Sendable, Hashable {
        let type: PostgresType
        /// How many bytes of `values` are its own; nil is SQL's NULL.
        var length: Int? { count < 0 ? nil : Int(count) }
        private let count: Int32

        /// PostgreSQL takes no value of more than a gigabyte, so that a length that does not fit never reaches it.
        init(type: PostgresType, length: Int?) {
            self.type = type
            count = length.map(Int32.init(clamping:)) ?? -1
        }
    }

    struct OwnName: Sendable, Hashable {
        var text: String
        var piecesBefore: Int
    }

    fileprivate init() {}

    fileprivate init(text: StaticString) {
        append(text)
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

    var parameters: [Parameter] { pieces.compactMap(\.parameter) }

    /// The same statement without its values: what a cache keeps.
    var shape: SQL {
        var shape = self
        shape.values = []
        return shape
    }

    /// Whether both are made of the same pieces of this program's source. One text may be written in several places, which are then as
    /// different as two statements.
    func hasShape(of other: SQL) -> Bool {
        guard fingerprint == other.fingerprint, pieces.count == other.pieces.count, ownNames == other.ownNames else { return false }
        for index in pieces.indices where !pieces[index].hasShape(of: other.pieces[index]) { return false }
        return true
    }

    fileprivate mutating func append(_ text: StaticString) {
        // An interpolation has an empty text at its end.
        guard !text.isEmpty else { return }
        pieces.append(SQLPiece(text))
        endsInText = true
        mix(text.place)
    }

    fileprivate mutating func append(ownName name: String) {
        ownNames.append(OwnName(text: name, piecesBefore: pieces.count))
        endsInText = false
    }

    fileprivate mutating func append(_ parameter: Parameter) {
        parameterCount += 1
        mix(UInt(parameter.type.rawValue))
        // Most often there is text before it.
        if endsInText {
            pieces[pieces.count - 1].parameter = parameter
            endsInText = false
        } else {
            pieces.append(SQLPiece("", parameter))
        }
    }

    fileprivate mutating func append(_ other: SQL) {
        for name in other.ownNames { ownNames.append(OwnName(text: name.text, piecesBefore: pieces.count + name.piecesBefore)) }
        for piece in other.pieces {
            pieces.append(piece)
            if !piece.text.isEmpty { mix(piece.text.place) }
            if let parameter = piece.parameter { mix(UInt(parameter.type.rawValue)) }
        }
        endsInText = other.endsInText
        parameterCount += other.parameterCount
        values.append(contentsOf: other.values)
    }

    private mutating func mix(_ word: UInt) {
        fingerprint = (fingerprint ^ word) &* 0x9E37_79B9_7F4A_7C15
        fingerprint ^= fingerprint >> 32
    }

    fileprivate mutating func reserve(_ interpolations: Int) {
        pieces.reserveCapacity(interpolations + 1)
        // Most values are short texts, numbers and ids.
        values.reserveCapacity(interpolations * 32)
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
        @usableFromInline var statement: SQL
        /// How many bytes of its values belong to parameters already.
        private var boundBytes = 0

        public init(literalCapacity: Int, interpolationCount: Int) {
            statement = SQL()
            statement.reserve(interpolationCount)
        }

        public mutating func appendLiteral(_ text: StaticString) {
            statement.append(text)
        }

        /// Binds a value.
        @inlinable public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value) {
            value.encode(into: &statement.values)
            bind(Value.type, isNull: false)
        }

        /// Binds a value or NULL.
        @inlinable public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value?) {
            if let value {
                appendInterpolation(value)
            } else {
                bind(Value.type, isNull: true)
            }
        }

        /// What was encoded last is a parameter's value.
        @usableFromInline mutating func bind(_ type: PostgresType, isNull: Bool) {
            let length = statement.values.count - boundBytes
            boundBytes += length
            statement.append(Parameter(type: type, length: isNull ? nil : length))
        }

        /// Puts another statement here, with its own values.
        public mutating func appendInterpolation(_ statement: SQL) {
            self.statement.append(statement)
            boundBytes = self.statement.values.count
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
