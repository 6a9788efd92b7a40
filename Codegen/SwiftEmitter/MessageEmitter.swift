import Protobuf

/// Writes one message: properties, decoding, encoding, and what is nested in it.
struct MessageEmitter {
    let file: FileEmitter
    let message: MessageDescriptor
    let path: [Int32]
    let enclosing: EnclosingTypes
    private var fields: [FieldModel] = []
    private var oneofs: [OneofModel] = []
    private var properties: [Property] = []

    /// A stored property: a field's or a oneof's.
    private struct Property {
        let comment: String?
        var isDeprecated = false
        let declaration: String
    }

    init(_ message: MessageDescriptor, path: [Int32], in enclosing: EnclosingTypes, of file: FileEmitter) throws(EmitError) {
        self.file = file
        self.message = message
        self.path = path
        let oneofNames = OneofModel.typeNames(of: message, in: file.scope)
        self.enclosing = enclosing.entering(message, in: file.scope, oneofs: oneofNames.compactMap(\.self))
        var names = UniqueNames()
        var members = oneofNames.map { _ in UniqueNames() }
        var propertyOfOneof: [Int: String] = [:]
        for (index, field) in message.fields.enumerated() {
            let comment = file.comments[path + [PathStep.messageField, Int32(index)]]
            if let oneof = field.oneofIndex, oneof < oneofNames.count, let type = oneofNames[oneof] {
                if propertyOfOneof[oneof] == nil {
                    let proto = message.proto.oneofDecl[oneof]
                    let property = names.claim(SwiftName.member(proto.name ?? ""), or: SwiftName.member(proto.name ?? "") + "_oneof")
                    propertyOfOneof[oneof] = property
                    let comment = file.comments[path + [PathStep.messageOneof, Int32(oneof)]]
                    properties.append(Property(comment: comment, declaration: "public var \(property): \(type)?"))
                    oneofs.append(OneofModel(index: oneof, type: type, property: property))
                }
                let name = members[oneof].claim(SwiftName.member(field.name), or: SwiftName.member(field.name) + "_\(field.number)")
                fields.append(try file.model(field, of: message, name: name, comment: comment, in: self.enclosing))
            } else {
                let name = names.claim(SwiftName.member(field.name), or: SwiftName.member(field.name) + "_\(field.number)")
                let model = try file.model(field, of: message, name: name, comment: comment, in: self.enclosing)
                fields.append(model)
                let wrapper = model.isRecursive ? "@Protobuf.Boxed " : ""
                let declaration = "\(wrapper)public var \(name): \(model.declaration)"
                properties.append(Property(comment: comment, isDeprecated: model.isDeprecated, declaration: declaration))
            }
        }
        fields.sort { $0.descriptor.number < $1.descriptor.number }
    }

    func emit(to text: inout SourceText) throws(EmitError) {
        text.documentation(file.comments[path])
        text.deprecation(message.proto.options?.deprecated)
        let isValidated = file.scope.validated.contains(message.fullName)
        let conformances = "Protobuf.Message\(isValidated ? ", Validation.Validated" : "")"
        try text.block("public struct \(file.scope.name(of: message.fullName)): \(conformances)") { (text) throws(EmitError) in
            for property in properties {
                text.documentation(property.comment)
                text.deprecation(property.isDeprecated)
                text.line(property.declaration)
            }
            text.line("public var unknownFields = Protobuf.UnknownFields()")
            text.line()
            text.line("public init() {}")
            text.line()
            text.line("public static var fullName: Swift.String { \"\(message.fullName)\" }")
            text.line("public static var file: Protobuf.EmbeddedFile { .\(SwiftName.file(message.fileName)) }")
            text.line()
            try emitDecoding(to: &text)
            text.line()
            try emitEncoding(to: &text)
            if isValidated {
                text.line()
                var emitter = ValidationEmitter(message, path: path, in: file.scope)
                try emitter.emit(fields, oneofs: Dictionary(oneofs.map { ($0.index, $0.property) }) { first, _ in first }, to: &text)
            }
            for oneof in oneofs {
                text.line()
                try oneof.emitType(members(of: oneof), to: &text)
            }
            try emitNested(to: &text)
        }
    }

    private func emitDecoding(to text: inout SourceText) throws(EmitError) {
        let head = "@inline(never) public mutating func merge(from decoder: inout Protobuf.Decoder) throws(Protobuf.DecodeError)"
        text.deprecation(usesDeprecated)
        try text.block(head) { (text) throws(EmitError) in
            try text.block("while true") { (text) throws(EmitError) in
                text.line("switch try decoder.nextTag() {")
                text.line("case 0: return")
                for field in fields {
                    let cases = oneof(of: field).map { [$0.decodeCase(field)] } ?? field.decodeCases
                    for line in cases {
                        text.line(line)
                    }
                }
                text.line("default: try decoder.skip(keepingIn: &self.unknownFields)")
                text.line("}")
            }
        }
    }

    private func emitEncoding(to text: inout SourceText) throws(EmitError) {
        text.deprecation(usesDeprecated)
        try text.block("@inline(never) public func encode(to encoder: inout Protobuf.Encoder)") { (text) throws(EmitError) in
            text.line("encoder.unknown(self.unknownFields)")
            var rest = fields[...]
            while let last = rest.popLast() {
                guard let oneof = oneof(of: last) else {
                    text.line(last.encodeStatement("self.\(last.name)"))
                    continue
                }
                var run = [last]
                while let next = rest.last, next.descriptor.oneofIndex == oneof.index {
                    run.append(next)
                    rest.removeLast()
                }
                oneof.emitEncoding(run.reversed(), isWhole: run.count == members(of: oneof).count, to: &text)
            }
        }
    }

    private func emitNested(to text: inout SourceText) throws(EmitError) {
        for (index, proto) in message.proto.enumType.enumerated() {
            text.line()
            let path = path + [PathStep.messageEnum, Int32(index)]
            try EnumEmitter(proto, in: message.fullName, path: path, of: file).emit(to: &text)
        }
        for (index, proto) in message.proto.nestedType.enumerated() where !(proto.options?.mapEntry ?? false) {
            guard let nested = file.scope.pool.message(named: "\(message.fullName).\(proto.name ?? "")") else { continue }
            text.line()
            let path = path + [PathStep.messageNested, Int32(index)]
            try MessageEmitter(nested, path: path, in: enclosing, of: file).emit(to: &text)
        }
    }

    /// What is deprecated itself may use what is, without a warning; the runtime, which calls it by its protocol, gets none either.
    private var usesDeprecated: Bool { fields.contains(where: \.isDeprecated) }

    private func oneof(of field: FieldModel) -> OneofModel? {
        field.descriptor.oneofIndex.flatMap { index in oneofs.first { $0.index == index } }
    }

    private func members(of oneof: OneofModel) -> [FieldModel] {
        fields.filter { $0.descriptor.oneofIndex == oneof.index }
    }
}

/// The type names that are in reach, unqualified, from inside a message.
struct EnclosingTypes {
    private var shadowing: Set<String> = []

    func entering(_ message: MessageDescriptor, in scope: ModuleScope, oneofs: [String]) -> EnclosingTypes {
        var inner = self
        let nested = message.proto.nestedType.map(\.name) + message.proto.enumType.map(\.name)
        inner.shadowing.formUnion(nested.map { scope.name(of: "\(message.fullName).\($0 ?? "")") })
        inner.shadowing.formUnion(oneofs)
        return inner
    }

    /// True if a top-level type's name means something else here.
    func shadow(_ name: String) -> Bool { shadowing.contains(name) }
}
