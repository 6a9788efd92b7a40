internal import Resources

/// The rules of text that a person has written, beside those of its .proto. Text that passes is stored exactly as it came.
enum PlainText {
    /// What is wrong with `value`, or nil. An empty text is right unless it is required.
    static func flaw(in value: String, isRequired: Bool = false, mayHaveLines: Bool = false) -> String? {
        if isRequired, value.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
            return "It is required: write characters that are not all spaces."
        }
        for scalar in value.unicodeScalars where scalar.properties.generalCategory == .control {
            if mayHaveLines && ["\t", "\n", "\r"].contains(scalar) { continue }
            return "It holds a control character."
        }
        return nil
    }
}

extension PlainText {
    /// - Throws: `invalid`, which names the field.
    static func demand(
        _ value: String, in field: String, isRequired: Bool = false, mayHaveLines: Bool = false
    ) throws(BillingError) {
        if let flaw = flaw(in: value, isRequired: isRequired, mayHaveLines: mayHaveLines) { throw .invalid(field, flaw) }
    }
}

extension Violations {
    mutating func text(_ field: String, _ value: String, isRequired: Bool = false, mayHaveLines: Bool = false) {
        if let flaw = PlainText.flaw(in: value, isRequired: isRequired, mayHaveLines: mayHaveLines) { add(field, flaw) }
    }
}
