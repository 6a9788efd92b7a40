/// Tables of a pool's types from which JSON is written and read, in flat memory: no reference is counted and no string hashed on the way.
@safe
final class JSONSchema: @unchecked Sendable {
    private let arena: SchemaArena
    private let messages: UnsafePointer<JSONMessage>

    /// - Parameters:
    ///   - nodes: all messages of a pool, which must outlive the schema.
    ///   - types: all enums of the pool.
    init(_ nodes: [MessageNode], _ types: [EnumDescriptor]) {
        var arena = SchemaArena()
        let enums = unsafe arena.room(for: types.count, JSONEnum.self)
        for (index, type) in types.enumerated() {
            unsafe (enums + index).initialize(to: JSONEnum(type, arena: &arena))
        }
        let messages = unsafe arena.room(for: nodes.count, JSONMessage.self)
        for (index, node) in nodes.enumerated() {
            var fields: [JSONField] = []
            // JSON knows no groups, which proto3 does not have.
            let sorted = node.sortedFields.filter { $0.kind != .group }
            for field in sorted {
                let isMessage = field.kind == .message
                let isEnum = field.kind == .enum
                let isNullable =
                    isMessage && nodes[field.typeIndex].wellKnown == .value || isEnum && types[field.typeIndex].isNullValue
                fields.append(
                    JSONField(
                        field, oneofBit: field.oneofIndex.map { Int32(sorted.count + $0) } ?? -1,
                        message: unsafe isMessage ? SchemaRow(UnsafePointer(messages + field.typeIndex)) : nil,
                        isMap: isMessage && nodes[field.typeIndex].isMapEntry,
                        enumeration: unsafe isEnum ? SchemaRow(UnsafePointer(enums + field.typeIndex)) : nil,
                        takesNull: isNullable, arena: &arena))
            }
            unsafe (messages + index).initialize(to: JSONMessage(node, fields: fields, arena: &arena))
        }
        self.arena = arena
        unsafe self.messages = unsafe UnsafePointer(messages)
    }

    /// The tables of one of the pool's messages.
    func message(_ node: MessageNode) -> SchemaRow<JSONMessage> {
        unsafe SchemaRow(messages + node.index)
    }
}

extension DescriptorPool {
    /// The tables of the message that an Any with this type URL holds: the name behind the last slash. Nil if it is not known.
    func jsonContent(ofAny url: String) -> SchemaRow<JSONMessage>? {
        guard let slash = url.lastIndex(of: "/"), let node = node(named: String(url[url.index(after: slash)...])) else { return nil }
        return jsonSchema.message(node)
    }
}
