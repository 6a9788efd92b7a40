/// The text of a reminder, with places for what is known only when it is sent: `{{customer}}`.
struct ReminderText: Hashable, Sendable {
    enum Place: String, CaseIterable, Sendable {
        case customer, business, invoice, amount
        case dueOn = "due_on"

        /// Only an invoice has it.
        var isOfInvoice: Bool {
            switch self {
            case .customer, .business: false
            case .invoice, .amount, .dueOn: true
            }
        }
    }

    private enum Piece: Hashable, Sendable {
        case text(String)
        case place(Place)
    }

    private let pieces: [Piece]

    /// - Throws: `reminderTextPlace` for braces that are no place, and for an invoice's place where there is no invoice.
    init(_ source: String, hasInvoice: Bool) throws(BillingError) {
        var pieces: [Piece] = []
        var rest = source[...]
        while let open = Self.position(of: "{{", in: rest) {
            let text = rest[..<open]
            let name = rest[rest.index(open, offsetBy: 2)...]
            guard !Self.contains("}}", text), let close = Self.position(of: "}}", in: name),
                let place = Place(rawValue: String(name[..<close])),
                hasInvoice || !place.isOfInvoice
            else { throw .reminderTextPlace }
            if !text.isEmpty { pieces.append(.text(String(text))) }
            pieces.append(.place(place))
            rest = name[name.index(close, offsetBy: 2)...]
        }
        guard !Self.contains("}}", rest) else { throw .reminderTextPlace }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    /// - Parameter value: of a place; what is not known is empty.
    func filled(_ value: (Place) -> String) -> String {
        pieces.reduce(into: "") { result, piece in
            switch piece {
            case .text(let text): result += text
            case .place(let place): result += value(place)
            }
        }
    }

    private static func position(of pair: StaticString, in text: Substring) -> Substring.Index? {
        let wanted: Character = pair.description.first ?? " "
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if next < text.endIndex, text[index] == wanted, text[next] == wanted { return index }
            index = next
        }
        return nil
    }

    private static func contains(_ pair: StaticString, _ text: Substring) -> Bool { position(of: pair, in: text) != nil }
}
