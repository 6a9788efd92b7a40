/// One finding about one place of one file, as `path:line:column: error: message`, the source line and a caret.
public struct Diagnostic: Sendable, Hashable, Error {
    public enum Severity: String, Sendable {
        case error
        case warning
    }

    public let severity: Severity
    public let path: String
    /// Counted from one; the column counts characters.
    public let line: Int
    public let column: Int
    public let message: String
    /// The line the finding is about; nil when there is no source to show.
    public let sourceLine: String?

    init(_ severity: Severity = .error, _ message: String, at span: Span, in source: SourceText) {
        self.severity = severity
        self.message = message
        path = source.path
        (line, column) = source.humanPosition(of: span.start)
        sourceLine = source.line(line - 1)
    }

    /// An error at a span of SourceCodeInfo (lines and columns from zero, columns in bytes), or at an option's part called `word`
    /// in it.
    public init(_ message: String, at span: [Int], _ word: String, in source: SourceText) {
        let start = source.offset(line: span[0], column: span[1])
        let end = source.offset(line: span.count > 3 ? span[2] : span[0], column: span[span.count - 1])
        let range = start..<max(start, end)
        let offset = ["validate.", "options.v1."].lazy.compactMap { source.offset(of: word, behind: $0, in: range) }.first ?? start
        self.init(.error, message, at: Span(start: offset, end: offset), in: source)
    }

    /// A finding about a file as a whole, such as one that cannot be read.
    public init(_ message: String, path: String) {
        severity = .error
        self.message = message
        self.path = path
        line = 1
        column = 1
        sourceLine = nil
    }

    /// The finding as a compiler prints it, without a final line end.
    public var rendered: String {
        let headline = "\(path):\(line):\(column): \(severity.rawValue): \(message)"
        guard let sourceLine else { return headline }
        // Tabs are kept, so that the caret stands below its column whatever a terminal makes of them.
        let indent = sourceLine.unicodeScalars.prefix(column - 1).map { UInt8(ascii: $0 == "\t" ? "\t" : " ") }
        return "\(headline)\n\(sourceLine)\n\(String(decoding: indent, as: UTF8.self))^"
    }
}

/// The findings about one file, in the order in which they were made.
struct DiagnosticLog {
    let source: SourceText
    private(set) var entries: [(offset: Int, diagnostic: Diagnostic)] = []

    init(source: SourceText) { self.source = source }

    mutating func error(_ message: String, at span: Span) {
        record(.error, message, at: span)
    }

    mutating func warning(_ message: String, at span: Span) {
        record(.warning, message, at: span)
    }

    /// Something has been said about a place within the span already.
    func mentions(_ span: Span) -> Bool {
        entries.contains { span.start <= $0.offset && $0.offset <= span.end }
    }

    /// A finding that was made before is not made again.
    private mutating func record(_ severity: Diagnostic.Severity, _ message: String, at span: Span) {
        guard entries.count < Limits.diagnosticsPerFile,
            !entries.contains(where: { $0.offset == span.start && $0.diagnostic.message == message })
        else { return }
        entries.append((span.start, Diagnostic(severity, message, at: span, in: source)))
    }

    /// In the order of the text; findings about the same place stay as they were made.
    var inOrder: [Diagnostic] {
        entries.enumerated()
            .sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
            .map(\.element.diagnostic)
    }
}
