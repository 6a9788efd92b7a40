/// A message type in a pool.
public struct MessageDescriptor: Sendable {
    public let pool: DescriptorPool
    // Stands for the node, too, so that a copy retains one object only.
    let layout: MessageLayout

    init(pool: DescriptorPool, node: MessageNode) {
        self.pool = pool
        layout = pool.layouts[node.index]
    }

    var node: MessageNode { pool.messages[layout.nodeIndex] }

    public var fullName: String { node.fullName }
    public var proto: DescriptorProto { node.proto }
    /// The name of the file that declares it.
    public var fileName: String { node.fileName }
    /// In the order of declaration.
    public var fields: [FieldDescriptor] { node.fields }
    /// The entry type that protoc makes for a map field.
    public var isMapEntry: Bool { node.isMapEntry }

    public func field(number: Int32) -> FieldDescriptor? { node.field(number: number) }

    /// Finds a field by its original or its JSON name.
    public func field(named name: String) -> FieldDescriptor? { node.fieldsByName[name].map { node.fields[$0] } }

    /// The message type of a field of this message.
    public func message(of field: FieldDescriptor) -> MessageDescriptor? {
        field.kind == .message || field.kind == .group ? MessageDescriptor(pool: pool, node: pool.messages[field.typeIndex]) : nil
    }

    /// The enum type of a field of this message.
    public func enumeration(of field: FieldDescriptor) -> EnumDescriptor? {
        field.kind == .enum ? pool.enums[field.typeIndex] : nil
    }

    /// A map field's key and value.
    public func entry(of field: FieldDescriptor) -> (key: FieldDescriptor, value: FieldDescriptor)? {
        guard field.kind == .message, pool.messages[field.typeIndex].isMapEntry else { return nil }
        let entry = pool.messages[field.typeIndex]
        return (entry.fields[0], entry.fields[1])
    }
}

/// What a pool keeps of a message. Links to other types are indexes into the pool, so that recursive types make no cycle.
final class MessageNode: Sendable {
    /// Where it is in its pool.
    let index: Int
    let fullName: String
    let fileName: String
    let proto: DescriptorProto
    let fields: [FieldDescriptor]
    /// By number.
    let sortedFields: [FieldDescriptor]
    let fieldsByName: [String: Int]
    let wellKnown: WellKnownType?
    let isMapEntry: Bool
    /// Indexes into `fields` by number, where numbers are small; -1 for none.
    private let dense: [Int]
    private let sparse: [Int32: Int]

    init(
        _ proto: DescriptorProto, index: Int, fullName: String, fileName: String, fields: [FieldDescriptor]
    ) throws(DescriptorError) {
        self.index = index
        self.proto = proto
        self.fullName = fullName
        self.fileName = fileName
        self.fields = fields
        isMapEntry = proto.options?.mapEntry ?? false
        sortedFields = fields.sorted { $0.number < $1.number }
        wellKnown = WellKnownType(fullName: fullName, fields: fields)
        if isMapEntry && (fields.map(\.number) != [1, 2] || fields.contains(where: \.isRepeated)) {
            throw DescriptorError("\(fullName) is marked as a map entry but does not have a key and a value.")
        }
        var dense = [Int](repeating: -1, count: 64)
        var sparse: [Int32: Int] = [:]
        var names: [String: Int] = [:]
        for (index, field) in fields.enumerated() {
            if field.number < 64 {
                dense[Int(field.number)] = index
            } else {
                sparse[field.number] = index
            }
            names[field.jsonName] = index
        }
        for (index, field) in fields.enumerated() {
            names[field.name] = index
        }
        self.dense = dense
        self.sparse = sparse
        fieldsByName = names
    }

    func field(number: Int32) -> FieldDescriptor? {
        let index = number >= 0 && number < 64 ? dense[Int(number)] : sparse[number] ?? -1
        return index < 0 ? nil : fields[index]
    }
}
