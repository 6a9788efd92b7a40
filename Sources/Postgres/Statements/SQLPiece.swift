/// A piece of a statement: text of the program's source, and perhaps a parameter behind it.
struct SQLPiece: Sendable {
    let text: StaticString
    var parameter: SQL.Parameter?

    init(_ text: StaticString, _ parameter: SQL.Parameter? = nil) {
        self.text = text
        self.parameter = parameter
    }
}

extension SQLPiece {
    /// Whether both stand for the same text and type; text is compared by where it lies, which is what makes it cheap.
    func hasShape(of other: SQLPiece) -> Bool {
        guard parameter?.type == other.parameter?.type, text.hasPointerRepresentation == other.text.hasPointerRepresentation else {
            return false
        }
        guard text.hasPointerRepresentation else { return text.unicodeScalar == other.text.unicodeScalar }
        return unsafe text.utf8Start == other.text.utf8Start && text.utf8CodeUnitCount == other.text.utf8CodeUnitCount
    }
}

extension StaticString {
    /// No two texts of one program share it, but for those that it holds once for both.
    var place: UInt {
        guard hasPointerRepresentation else { return UInt(unicodeScalar.value) }
        return UInt(bitPattern: unsafe utf8Start) &+ UInt(utf8CodeUnitCount)
    }

    var isEmpty: Bool { hasPointerRepresentation && utf8CodeUnitCount == 0 }
}
