public import Protobuf

/// Turns .proto files into linked descriptors: reads them and what they import, links each after its imports.
public struct Compiler {
    private let read: (String) throws(ImportRoots.FileError) -> SourceText?

    /// A compiler that finds files by their import names below `roots`.
    public init(roots: ImportRoots) {
        read = { (name) throws(ImportRoots.FileError) in try roots.source(of: name) }
    }

    /// A compiler over files in memory, by their import names.
    public init(sources: [String: String]) {
        read = { (name) throws(ImportRoots.FileError) in
            sources[name].map { SourceText(path: name, bytes: Array($0.utf8)) }
        }
    }

    /// What came out of a run.
    public struct Result: Sendable {
        /// The files asked for and all they import, imports before importers; complete only when there are no errors.
        public let files: [FileDescriptorProto]
        /// Errors and warnings, file by file in the order of `files`, each file's in the order of its text.
        public let diagnostics: [Diagnostic]

        public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
    }

    /// Compiles the files that others would import as `names`. Every type name in the result is full, with a leading dot, every
    /// `jsonName` is set, options are encoded, comments stand in `sourceCodeInfo`.
    public func compile(_ names: [String]) -> Result {
        var session = CompilerSession(read: read)
        return session.compile(names)
    }
}
