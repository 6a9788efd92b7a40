/// A piece of a statement: text of the program's source, and perhaps a parameter behind it.
struct SQLPiece: Sendable {
    let text: StaticString
    var parameter: PostgresType?

    init(_ text: StaticString, _ parameter: PostgresType? = nil) {
        self.text = text
        self.parameter = parameter
    }

    var isEmpty: Bool { text.hasPointerRepresentation && text.utf8CodeUnitCount == 0 && parameter == nil }

    var fingerprint: UInt {
        let type = UInt(parameter?.rawValue ?? 0)
        guard text.hasPointerRepresentation else { return type }
        return UInt(bitPattern: unsafe text.utf8Start) &+ UInt(text.utf8CodeUnitCount) &+ type << 32
    }
}

extension SQLPiece: Equatable {
    /// Text is compared by where it lies, which is what makes it cheap.
    static func == (left: SQLPiece, right: SQLPiece) -> Bool {
        guard left.parameter == right.parameter, left.text.hasPointerRepresentation == right.text.hasPointerRepresentation else {
            return false
        }
        guard left.text.hasPointerRepresentation else { return left.text.unicodeScalar == right.text.unicodeScalar }
        return unsafe left.text.utf8Start == right.text.utf8Start && left.text.utf8CodeUnitCount == right.text.utf8CodeUnitCount
    }
}
