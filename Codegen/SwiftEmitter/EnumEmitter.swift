import Protobuf

/// Writes one enum: any number is a value, the declared ones are static members.
struct EnumEmitter {
    let proto: EnumDescriptorProto
    let path: [Int32]
    let comments: Comments
    private let name: String

    /// - Parameter scope: the package or message that it stands in.
    init(_ proto: EnumDescriptorProto, in scope: String, path: [Int32], of file: FileEmitter) {
        self.proto = proto
        self.path = path
        comments = file.comments
        name = file.scope.name(of: scope.isEmpty ? proto.name ?? "" : "\(scope).\(proto.name ?? "")")
    }

    func emit(to text: inout SourceText) throws(EmitError) {
        text.documentation(comments[path])
        text.deprecation(proto.options?.deprecated)
        let enumName = proto.name ?? ""
        try text.block("public struct \(name): Protobuf.Enum") { (text) throws(EmitError) in
            text.line("public var rawValue: Swift.Int32")
            text.line()
            text.line("public init(rawValue: Swift.Int32) { self.rawValue = rawValue }")
            text.line()
            var names = UniqueNames()
            for (index, value) in proto.value.enumerated() {
                let name = SwiftName.enumValue(value.name ?? "", of: enumName)
                let unique = names.claim(name, or: SwiftName.member(value.name ?? "") + "_\(index)")
                text.documentation(comments[path + [PathStep.enumValue, Int32(index)]])
                text.deprecation(value.options?.deprecated)
                text.line("public static var \(unique): Self { Self(rawValue: \(value.number ?? 0)) }")
            }
        }
    }
}
