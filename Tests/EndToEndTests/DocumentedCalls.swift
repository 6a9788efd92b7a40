import Console
import TestSupport

/// The examples of a page: each command with what it prints. In Markdown a block of `sh`, and behind it one of `json` (what it answers) or
/// of
/// `text` (what it is refused with); without such a block the command has to go well, and says nothing that matters.
struct DocumentedCalls {
    struct Example: Sendable {
        let command: String
        /// Nil when nothing is said of it.
        var output: String?
        var isRefusal = false
        /// Of the command, in the page.
        let line: Int
    }

    private(set) var examples: [Example] = []

    init(page text: String) {
        var fence: (language: String, line: Int, lines: [Substring])?
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.hasPrefix("```") else {
                fence?.lines.append(line)
                continue
            }
            guard let block = fence else {
                fence = (String(line.dropFirst(3)), number + 2, [])
                continue
            }
            fence = nil
            let content = block.lines.joined(separator: "\n")
            switch block.language {
            case "sh": examples.append(Example(command: content, line: block.line))
            case "json", "text":
                guard let last = examples.indices.last, examples[last].output == nil else { continue }
                (examples[last].output, examples[last].isRefusal) = (content, block.language == "text")
            default: continue
            }
        }
    }
}

/// What is another one each time a page's commands are run: ids, times, days and numbers of documents. A page shows those of the day on
/// which it
/// was written; each stands for the same one of this run from its first appearance on.
struct DocumentedNames {
    private var names: [Substring: Substring] = [:]
    /// Days that commands have named are as they were.
    private var said: Set<Substring> = []

    /// The command for this run.
    mutating func command(_ text: String) -> String {
        for token in Self.tokens(of: text) where token.kind == .day { said.insert(token.text) }
        var result = ""
        var rest = text[...]
        for token in Self.tokens(of: text) {
            result += rest[..<token.text.startIndex]
            result += names[token.text] ?? token.text
            rest = text[token.text.endIndex...]
        }
        return result + rest
    }

    /// What is wrong with an output beside that of the page; nil when it is the same.
    mutating func fault(_ actual: String, expected: String) -> String? {
        let (found, wanted) = (Self.tokens(of: actual), Self.tokens(of: expected))
        guard Self.skeleton(actual, found) == Self.skeleton(expected, wanted) else {
            return "it printed\n\(actual)\nwhere the page has\n\(expected)"
        }
        for (found, wanted) in zip(found, wanted) {
            switch found.kind {
            case .time: continue
            case .day:
                guard !said.contains(wanted.text) || found.text == wanted.text else {
                    return "\(found.text) is another day than \(wanted.text)"
                }
            case .id, .number, .word:
                if let known = names[wanted.text], known != found.text { return "\(found.text) is not what \(wanted.text) was before" }
                names[wanted.text] = found.text
            }
        }
        return nil
    }

    private enum Kind: String {
        case id, time, day, number, word
    }

    private struct Token {
        let kind: Kind
        let text: Substring
    }

    private static func skeleton(_ text: String, _ tokens: [Token]) -> String {
        var result = ""
        var rest = text[...]
        for token in tokens {
            result += rest[..<token.text.startIndex] + "<\(token.kind)>"
            rest = text[token.text.endIndex...]
        }
        return result + rest
    }

    private static func tokens(of text: String) -> [Token] {
        // A UUID; a time; a day; a document's number; what is long and has no meaning: a page token, a hash.
        text.matches(
            of:
                #/
                ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})
                | ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z) | ([0-9]{4}-[0-9]{2}-[0-9]{2})
                | ([A-Z]{1,4}[0-9]{4}/[0-9]{6,7}) | ([A-Za-z0-9+/_-]{40,}=*)
                /#
        ).map { match in
            let kind: Kind =
                match.output.1 != nil
                ? .id : match.output.2 != nil ? .time : match.output.3 != nil ? .day : match.output.4 != nil ? .number : .word
            return Token(kind: kind, text: match.output.0)
        }
    }
}
