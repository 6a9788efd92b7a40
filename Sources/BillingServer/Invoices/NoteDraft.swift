internal import BillingAPI
internal import Resources

/// Which parts of an invoice's lines a note is about.
struct NoteDraft: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        case quantity(Quantity, unit: String)
        /// Before tax, in paise.
        case value(Int64)
    }

    /// By the invoice's line; empty for all that is left.
    let parts: [(number: Int, part: Part)]

    /// - Throws: `invalid`, `currencyUnknown`, `currencyMismatch`.
    init(_ lines: [NoteContentLine]) throws(BillingError) {
        var violations = Violations()
        var known: Set<Int32> = []
        var parts: [(number: Int, part: Part)] = []
        for (index, line) in lines.enumerated() {
            if !known.insert(line.lineNumber).inserted { violations.add("lines[\(index)].line_number", "The line is named twice.") }
            switch line.part {
            case .quantity(let quantity):
                if !(1...Limits.lineQuantityMilli).contains(quantity.milli) {
                    violations.add("lines[\(index)].quantity", "It has to be above zero, and at most a thousand million units.")
                }
                parts.append((Int(line.lineNumber), .quantity(Quantity(milli: quantity.milli), unit: quantity.unit)))
            case .value(let money):
                let value = try money.paise()
                if value <= 0 { violations.add("lines[\(index)].value", "It has to be above zero.") }
                if value > Limits.amount { violations.add("lines[\(index)].value", BillingError.amountTooLarge.description) }
                parts.append((Int(line.lineNumber), .value(value)))
            case nil:
                violations.add("lines[\(index)].part", "Say a quantity or a value.")
            }
        }
        guard violations.isEmpty else { throw .invalid(violations.all) }
        self.parts = parts
    }

    static func == (left: NoteDraft, right: NoteDraft) -> Bool {
        left.parts.elementsEqual(right.parts) { $0.number == $1.number && $0.part == $1.part }
    }

    func hash(into hasher: inout Hasher) {
        for (number, part) in parts {
            hasher.combine(number)
            hasher.combine(part)
        }
    }
}
