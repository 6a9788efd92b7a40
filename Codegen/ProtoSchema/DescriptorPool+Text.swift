public import Protobuf

/// Why .proto text makes no pool: all of its errors, each with its place.
public struct CompileError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
}

extension DescriptorPool {
    /// The types of .proto text at run time, and of all it imports.
    ///
    /// - Parameter sources: the texts by their import names, for example `a/v1/a.proto`. The texts of imported files belong to them.
    public convenience init(compiling sources: [String: String]) throws(CompileError) {
        try self.init(compiling: sources.keys.sorted(), by: Compiler(sources: sources))
    }

    /// The types of the files that others would import as `names`, and of all they import.
    public convenience init(compiling names: [String], by compiler: Compiler) throws(CompileError) {
        let result = compiler.compile(names)
        let errors = result.diagnostics.filter { $0.severity == .error }
        if !errors.isEmpty { throw CompileError(description: errors.map(\.rendered).joined(separator: "\n")) }
        do throws(DescriptorError) {
            try self.init(result.files)
        } catch {
            throw CompileError(description: error.description)
        }
    }
}
