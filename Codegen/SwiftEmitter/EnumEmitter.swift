import Protobuf

/// Writes one enum: any number is a value, the declared ones are static members.
struct EnumEmitter {
    let proto: EnumDescriptorProto
    let path: [Int32]
    let comments: Comments

    init(_ proto: EnumDescriptorProto, path: [Int32], comments: Comments) {
        self.proto = proto
        self.path = path
        self.comments = comments
    }

    func emit(to text: inout SourceText) throws(EmitError) {
        text.documentation(comments[path])
        let enumName = proto.name ?? ""
        try text.block("public struct \(SwiftName.type(enumName)): Protobuf.Enum") { (text) throws(EmitError) in
            text.line("public var rawValue: Swift.Int32")
            text.line()
            text.line("public init(rawValue: Swift.Int32) { self.rawValue = rawValue }")
            text.line()
            var names = UniqueNames()
            for (index, value) in proto.value.enumerated() {
                let name = SwiftName.enumValue(value.name ?? "", of: enumName)
                let unique = names.claim(name, or: SwiftName.member(value.name ?? "") + "_\(index)")
                text.documentation(comments[path + [PathStep.enumValue, Int32(index)]])
                text.line("public static var \(unique): Self { Self(rawValue: \(value.number ?? 0)) }")
            }
        }
    }
}
