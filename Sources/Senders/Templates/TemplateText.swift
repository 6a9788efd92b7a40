/// Text with places to fill in, `{{name}}`, and nothing else: no condition, no loop, no expression.
struct TemplateText: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        case text(String)
        case place(String)
    }

    let pieces: [Piece]

    /// Throws for braces that are no place: a mistake in a template is to be found when it is loaded, not by whom it is sent to.
    init(_ source: String) throws(SenderError) {
        var pieces: [Piece] = []
        var rest = source[...]
        while let open = rest.firstRange(of: "{{") {
            let text = rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { throw .template("A {{ in the template has no }}.") }
            let name = rest[open.upperBound..<close.lowerBound]
            guard Self.isName(name), !text.contains("}}") else {
                throw .template(
                    "\"{{\(PrintableText.of(name, bytes: 60))}}\" is no place: write a name of lower-case letters, digits and _ between the braces."
                )
            }
            if !text.isEmpty { pieces.append(.text(String(text))) }
            pieces.append(.place(String(name)))
            rest = rest[close.upperBound...]
        }
        guard !rest.contains("}}") else { throw .template("A }} in the template has no {{.") }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    var places: Set<String> {
        Set(pieces.compactMap { piece in if case .place(let name) = piece { name } else { nil } })
    }

    /// - Parameters:
    ///   - values: one for each place at least.
    ///   - escape: makes a value fit for where the text goes.
    func filled(_ values: [String: String], escape: (String) -> String = { $0 }) throws(SenderError) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .place(let name):
                guard let value = values[name] else { throw .template("The template needs a value for \(name).") }
                result += escape(value)
            }
        }
        return result
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
    }
}

extension Substring {
    /// Where `text` comes first.
    fileprivate func firstRange(of text: StaticString) -> Range<Index>? {
        let pattern = Array(text.description.utf8)
        var start = startIndex
        while start != endIndex {
            if utf8[start...].starts(with: pattern) {
                return start..<utf8.index(start, offsetBy: pattern.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }

    fileprivate func contains(_ text: StaticString) -> Bool {
        firstRange(of: text) != nil
    }
}
