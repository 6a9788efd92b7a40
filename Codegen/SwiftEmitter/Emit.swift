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
    return try emitter.emit()
}

/// Why a file has no Swift form.
public struct EmitError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
}
