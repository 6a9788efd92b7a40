/// One file between the parser and the linker.
struct ParsedFile {
    /// The name that others import it by.
    let name: String
    /// Its place among the compiler's files.
    let index: Int
    let source: SourceText
    let syntax: FileSyntax
    var log: DiagnosticLog
}
