/// Text in columns of a fixed width, for printers and terminals. Widths count characters as people see them.
struct TextColumns: Sendable {
    enum Column: Hashable, Sendable {
        case left(Int)
        case right(Int)
    }

    private(set) var lines: [String] = []
    private let width: Int

    /// A printed page's.
    static let page = 96

    init(width: Int) { self.width = width }

    mutating func line(_ text: String) { lines.append(Self.printable(text)) }

    mutating func rule() { lines.append(String(repeating: "-", count: width)) }

    mutating func centre(_ text: String) {
        lines.append(String(repeating: " ", count: max(0, (width - text.count) / 2)) + Self.printable(text))
    }

    /// One text at either end; on two lines where they do not fit into one.
    mutating func pair(_ left: String, _ right: String) {
        let (left, right) = (Self.printable(left), Self.printable(right))
        let space = width - left.count - right.count
        if space > 0 || right.isEmpty {
            lines.append(right.isEmpty ? left : left + String(repeating: " ", count: space) + right)
        } else {
            lines.append(contentsOf: Self.wrapped(left, width))
            lines.append(String(repeating: " ", count: max(0, width - right.count)) + right)
        }
    }

    /// The words of a text, on as many lines as they need; none for an empty one.
    mutating func paragraph(_ text: String) {
        for part in text.split(whereSeparator: \.isNewline) { lines.append(contentsOf: Self.wrapped(String(part), width)) }
    }

    /// Cells side by side: what is too long for its column goes on below.
    mutating func row(_ cells: [String], _ columns: [Column]) {
        let parts = zip(cells, columns).map { cell, column in Self.wrapped(cell, column.width - 1) }
        for index in 0..<max(1, parts.map(\.count).max() ?? 1) {
            var text = ""
            for (part, column) in zip(parts, columns) {
                let cell = part.indices.contains(index) ? part[index] : ""
                let space = String(repeating: " ", count: max(0, column.width - cell.count))
                switch column {
                case .left: text += cell + space
                case .right: text += space + cell
                }
            }
            while text.last == " " { text.removeLast() }
            lines.append(text)
        }
    }

    /// As India groups it.
    static func rupees(_ paise: Int64) -> String { IndianNumber.text(Money(minorUnits: paise, .inr)) }

    /// What moves a printer's head or a terminal's cursor is a space: rows that are older than the rules of their fields may have it.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    /// Broken between words, and within those that are longer than a line.
    private static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in printable(text).split(separator: " ") {
            var word = Substring(word)
            if !current.isEmpty && current.count + 1 + word.count <= width {
                current += " " + word
                continue
            }
            if !current.isEmpty { lines.append(current) }
            while word.count > width {
                lines.append(String(word.prefix(width)))
                word = word.dropFirst(width)
            }
            current = String(word)
        }
        if !current.isEmpty { lines.append(current) }
        return lines
    }
}

extension TextColumns.Column {
    fileprivate var width: Int {
        switch self {
        case .left(let width), .right(let width): width
        }
    }
}

extension [String] {
    /// The lines with their ends, so many at a time.
    func chunks(of count: Int) -> [String] {
        stride(from: 0, to: self.count, by: count).map { start in
            self[start..<Swift.min(start + count, self.count)].reduce(into: "") { $0 += $1 + "\n" }
        }
    }
}
