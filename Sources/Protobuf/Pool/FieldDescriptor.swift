/// A field (or extension) whose type has been looked up.
public final class FieldDescriptor: Sendable {
    public let proto: FieldDescriptorProto
    public let name: String
    public let jsonName: String
    /// The name with its scope; only extensions are looked up by it.
    public let fullName: String
    public let number: Int32
    public let kind: FieldDescriptorProto.Kind
    public let isRepeated: Bool
    /// Elements are written in one block.
    public let isPacked: Bool
    /// Not set and set to the default are two states.
    public let hasPresence: Bool
    /// The oneof it is in, as an index into its message's `oneofDecl`; nil for `optional` fields.
    public let oneofIndex: Int?
    /// Where the message or enum type is in its pool, -1 for scalars.
    let typeIndex: Int

    init(_ proto: FieldDescriptorProto, scope: String, isProto3: Bool, typeIndex: Int) throws(DescriptorError) {
        guard let name = proto.name, let number = proto.number, let kind = proto.type, (1...18).contains(kind.rawValue) else {
            throw DescriptorError("A field of \(scope) has no name, no number, or no type that exists.")
        }
        guard (1...0x1FFF_FFFF).contains(number) else {
            throw DescriptorError("Field \(name) of \(scope) has number \(number), which is not between 1 and 536870911.")
        }
        self.proto = proto
        self.name = name
        self.number = number
        self.kind = kind
        self.typeIndex = typeIndex
        jsonName = proto.jsonName ?? FieldDescriptor.jsonName(of: name)
        fullName = try PoolBuilder.join(scope, name)
        isRepeated = proto.label == .repeated
        isPacked = isRepeated && kind.isPackable && (proto.options?.packed ?? isProto3)
        let isSynthetic = proto.proto3Optional ?? false
        oneofIndex = isSynthetic ? nil : proto.oneofIndex.map(Int.init)
        let isMessage = kind == .message || kind == .group
        hasPresence = !isRepeated && (!isProto3 || isSynthetic || proto.oneofIndex != nil || proto.extendee != nil || isMessage)
    }

    /// protoc's algorithm: underscores go, the letter after one is raised.
    public static func jsonName(of name: String) -> String {
        var result: [UInt8] = []
        var raise = false
        for byte in name.utf8 {
            if byte == UInt8(ascii: "_") {
                raise = true
            } else {
                result.append(raise && byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte &- 32 : byte)
                raise = false
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension FieldDescriptorProto.Kind {
    /// The wire type of a single value.
    public var wireType: UInt32 {
        switch self {
        case .double, .fixed64, .sfixed64: 1
        case .float, .fixed32, .sfixed32: 5
        case .string, .bytes, .message: 2
        case .group: 3
        default: 0
        }
    }

    package var isPackable: Bool { wireType != 2 && wireType != 3 }
}

extension FieldDescriptor {
    /// True if a value of this field can have that wire type; repeated numbers may be packed or not, whatever is declared.
    func accepts(wireType: UInt32) -> Bool {
        wireType == kind.wireType || wireType == 2 && isRepeated && kind.isPackable
    }
}
