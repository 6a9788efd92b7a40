/// Collects indented lines.
struct SourceText {
    private(set) var text = ""
    private var depth = 0

    mutating func line(_ line: String = "") {
        if !line.isEmpty {
            text += String(repeating: "    ", count: depth)
            text += line
        }
        text += "\n"
    }

    /// `head {`, what `body` writes one level deeper, `}`.
    mutating func block(_ head: String, _ body: (inout SourceText) throws(EmitError) -> Void) throws(EmitError) {
        line(head + " {")
        depth += 1
        try body(&self)
        depth -= 1
        line("}")
    }

    /// Nothing unless it is deprecated.
    mutating func deprecation(_ isDeprecated: Bool?) {
        if isDeprecated == true { line("@available(*, deprecated)") }
    }

    /// One doc comment line per line of a .proto comment.
    mutating func documentation(_ comment: String?) {
        guard let comment else { return }
        var lines = comment.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var line = line.hasPrefix(" ") ? line.dropFirst() : line
            while let last = line.last, last.isWhitespace {
                line.removeLast()
            }
            return line
        }
        while lines.last?.isEmpty ?? false {
            lines.removeLast()
        }
        for line in lines.drop(while: \.isEmpty) {
            self.line(line.isEmpty ? "///" : "/// \(line)")
        }
    }
}
