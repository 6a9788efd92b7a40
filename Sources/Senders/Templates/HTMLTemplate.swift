/// A template of HTML. Values become text or the text of an attribute, never markup: a template in which a value could become more than that
/// is refused when it is loaded.
struct HTMLTemplate: Sendable, Hashable {
    private let text: TemplateText
    /// Places that begin a link.
    private let links: Set<String>

    var places: Set<String> { text.places }

    init(_ source: String) throws(SenderError) {
        text = try TemplateText(source)
        var scanner = HTMLScanner()
        var links: Set<String> = []
        for piece in text.pieces {
            switch piece {
            case .text(let text): try scanner.read(text)
            case .place(let name):
                switch scanner.place {
                case .text, .attribute: break
                case .link(let isStart): if isStart { links.insert(name) }
                case .forbidden:
                    throw .template(
                        "The place {{\(name)}} stands where a value could become markup or a program. Put it into text, or into an attribute's double quotes."
                    )
                }
                scanner.passPlace()
            }
        }
        self.links = links
    }

    func filled(_ values: [String: String]) throws(SenderError) -> String {
        for name in links.sorted() {
            guard let value = values[name], value.hasPrefix("https://") || value.hasPrefix("mailto:") else {
                throw .template("The value of \(name) is a link, which begins with https:// or mailto:.")
            }
        }
        return try text.filled(values, escape: Self.escape)
    }

    static func escape(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Where in HTML a place stands. It knows as much of HTML as mails have: tags, attributes in quotes, comments.
private struct HTMLScanner {
    enum Place {
        case text
        case attribute
        /// Within `href` or `src`, at its beginning or further on.
        case link(isStart: Bool)
        case forbidden
    }

    private enum State {
        case text
        case tag(attribute: String)
        case value(attribute: String, quote: Character, isStart: Bool)
    }

    private var state = State.text

    var place: Place {
        switch state {
        case .text: return .text
        case .tag: return .forbidden
        case .value(let attribute, let quote, let isStart):
            if quote != "\"" || attribute.hasPrefix("on") || attribute == "style" || attribute == "srcset" || attribute == "srcdoc" {
                return .forbidden
            }
            return attribute == "href" || attribute == "src" ? .link(isStart: isStart) : .attribute
        }
    }

    mutating func passPlace() {
        if case .value(let attribute, let quote, _) = state { state = .value(attribute: attribute, quote: quote, isStart: false) }
    }

    mutating func read(_ text: String) throws(SenderError) {
        let lower = text.lowercased()
        for element in ["<script", "<style", "<!--", "<iframe", "<object", "<embed", "<svg", "<math"] where lower.contains(element) {
            throw .template("A mail's template has no \(element): many readers drop it, and values in it could do harm.")
        }
        for character in lower {
            switch state {
            case .text:
                if character == "<" { state = .tag(attribute: "") }
            case .tag(let attribute):
                switch character {
                case ">": state = .text
                case "\"", "'": state = .value(attribute: attribute.filter { $0 != "=" }, quote: character, isStart: true)
                case "/": state = .tag(attribute: "")
                default:
                    // What begins after a space is another attribute, unless that space stands around its =.
                    if character.isWhitespace {
                        state = .tag(attribute: attribute.isEmpty || attribute.hasSuffix("=") ? attribute : attribute + " ")
                    } else if attribute.hasSuffix(" "), character != "=" {
                        state = .tag(attribute: String(character))
                    } else {
                        state = .tag(attribute: attribute.filter { $0 != " " } + String(character))
                    }
                }
            case .value(let attribute, let quote, let isStart):
                // Readers skip space and control characters before an address.
                let isSkipped = character.unicodeScalars.allSatisfy { $0.value <= 0x20 }
                state = character == quote ? .tag(attribute: "") : .value(attribute: attribute, quote: quote, isStart: isStart && isSkipped)
            }
        }
    }
}
