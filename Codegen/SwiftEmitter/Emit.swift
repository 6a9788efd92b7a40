public import Protobuf

/// The Swift for one .proto file. The same input gives the same text, always.
///
/// - Parameters:
///   - file: a linked file of `pool`, with its source info if comments are to become doc comments.
///   - modules: the Swift module of each import name that other modules provide.
///   - module: the Swift module that the text is for. Files of the pool that `modules` does not name belong to it.
/// - Throws: `EmitError` if the file uses something that has no Swift form.
public func emit(
    _ file: FileDescriptorProto, in pool: DescriptorPool, modules: [String: String], module: String
) throws(EmitError) -> String {
    let scope = ModuleScope(pool: pool, modules: modules, module: module)
    var emitter = FileEmitter(file, scope)
    let text = try emitter.emit()
    if !scope.rules.errors.isEmpty { throw EmitError(description: "Its rules cannot be checked.", rules: scope.rules.errors) }
    return text
}

/// Why a file has no Swift form.
public struct EmitError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
    /// Not empty when rules of protovalidate are the reason.
    public var rules: [RuleError] = []
}
