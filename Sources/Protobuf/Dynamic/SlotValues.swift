/// What a slot keeps, as a value, and back.
extension DynamicMessage {
    func value(_ slot: Slot, _ field: FieldDescriptor, _ layout: FieldLayout) -> DynamicValue {
        switch slot {
        // Kept text has been given memory of its own before it comes here.
        case .none, .kept: .list([])
        case .words64(let list): .list(list.map { DynamicValue(bits: $0, field.kind) })
        case .words32(let list): .list(list.map { DynamicValue(bits: UInt64($0), field.kind) })
        case .signed(let list): .list(list.map { DynamicValue(bits: UInt64(bitPattern: Int64($0)), field.kind) })
        case .bools(let list): .list(list.map { .bool($0) })
        case .texts(let list): .list(list.map { .string($0) })
        case .blobs(let list): .list(list.map { .bytes($0) })
        case .messages(let list): .list(list.map { value(.message($0), field, layout) })
        case .map(let map): .map(value(map, layout))
        case .bits(let bits): DynamicValue(bits: bits, field.kind)
        case .text(let text): .string(text)
        case .bytes(let bytes): .bytes(bytes)
        case .message(let body):
            layout.child.map { .message(DynamicMessage(pool: pool, layout: $0, body: body)) } ?? .list([])
        }
    }

    private func value(_ map: SlotMap, _ layout: FieldLayout) -> Map<DynamicKey, DynamicValue> {
        var result = Map<DynamicKey, DynamicValue>()
        guard let (key, value, valueLayout) = entry(layout) else { return result }
        for entry in map {
            let name: DynamicValue =
                switch entry.key {
                case .bits(let bits): DynamicValue(bits: bits, key.kind)
                case .text(let text): .string(text)
                }
            if let name = DynamicKey(name) {
                result[name] = self.value(entry.value, value, valueLayout)
            }
        }
        return result
    }

    private func entry(_ layout: FieldLayout) -> (key: FieldDescriptor, value: FieldDescriptor, valueLayout: FieldLayout)? {
        guard let child = layout.child else { return nil }
        let fields = pool.layouts.fields[child.nodeIndex]
        return (fields[0], fields[1], child[1])
    }

    func initial(_ field: FieldDescriptor, _ layout: FieldLayout) -> DynamicValue {
        switch layout.shape {
        case .singular: value(Slot(initial: layout.form), field, layout)
        case .list, .packed: .list([])
        case .map: .map(Map())
        }
    }

    // MARK: From values

    func slot(_ value: DynamicValue, _ field: FieldDescriptor, _ layout: FieldLayout) throws(DynamicError) -> Slot {
        switch (layout.shape, value) {
        case (.singular, _): return try single(value, field, layout)
        case (.list, .list(let values)), (.packed, .list(let values)): return try list(values, field, layout)
        case (.map, .map(let map)): return try slotMap(map, field, layout)
        case (.map, _): throw wrongType(value, field, "a map")
        default: throw wrongType(value, field, "a list")
        }
    }

    private func single(_ value: DynamicValue, _ field: FieldDescriptor, _ layout: FieldLayout) throws(DynamicError) -> Slot {
        switch (value, layout.child) {
        case (.string(let text), nil) where field.kind == .string: return .text(text)
        case (.bytes(let bytes), nil) where field.kind == .bytes: return .bytes(bytes)
        case (.message(let message), let child?) where message.layout == child: return .message(message.body)
        case (_, nil):
            if let bits = value.bits(field.kind) {
                return .bits(bits)
            }
        default: break
        }
        throw wrongType(value, field, kindName(of: field, layout))
    }

    private func list(_ values: [DynamicValue], _ field: FieldDescriptor, _ layout: FieldLayout) throws(DynamicError) -> Slot {
        var slots: [Slot] = []
        slots.reserveCapacity(values.count)
        for value in values {
            slots.append(try single(value, field, layout))
        }
        switch layout.form {
        case .varint, .fixed64: return .words64(slots.map(\.bits))
        case .unsigned, .fixed32: return .words32(slots.map { UInt32(truncatingIfNeeded: $0.bits) })
        case .signed: return .signed(slots.map { Int32(truncatingIfNeeded: $0.bits) })
        case .bool: return .bools(slots.map { $0.bits != 0 })
        case .text: return .texts(slots.compactMap { if case .text(let text) = $0 { text } else { nil } })
        case .bytes: return .blobs(slots.compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } })
        case .message, .group: return .messages(slots.compactMap { if case .message(let body) = $0 { body } else { nil } })
        }
    }

    private func slotMap(_ map: Map<DynamicKey, DynamicValue>, _ field: FieldDescriptor, _ layout: FieldLayout) throws(DynamicError) -> Slot
    {
        guard let (keyField, valueField, valueLayout) = entry(layout), let child = layout.child else { return .map(SlotMap()) }
        var slots = SlotMap()
        for (key, value) in map {
            let slot = try single(value, valueField, valueLayout)
            switch try single(key.value, keyField, child[0]) {
            case .bits(let bits): slots[.bits(bits)] = slot
            case .text(let text): slots[.text(text)] = slot
            default: break
            }
        }
        return .map(slots)
    }

    private func kindName(of field: FieldDescriptor, _ layout: FieldLayout) -> String {
        layout.child.map { "a \(pool.messages[$0.nodeIndex].fullName)" } ?? DynamicValue(bits: 0, field.kind).kindName
    }

    private func wrongType(_ value: DynamicValue, _ field: FieldDescriptor, _ expected: String) -> DynamicError {
        DynamicError(.wrongType, "The field \(field.fullName) takes \(expected), not \(value.kindName).")
    }
}

extension Slot {
    var isDefault: Bool {
        switch self {
        case .bits(let bits): bits == 0
        case .text(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        default: false
        }
    }

    /// A list or map without elements, which is as good as none.
    var isVoid: Bool {
        switch self {
        case .none: true
        case .words64(let list): list.isEmpty
        case .words32(let list): list.isEmpty
        case .signed(let list): list.isEmpty
        case .bools(let list): list.isEmpty
        case .texts(let list): list.isEmpty
        case .blobs(let list): list.isEmpty
        case .messages(let list): list.isEmpty
        case .map(let map): map.isEmpty
        default: false
        }
    }

    fileprivate var bits: UInt64 { if case .bits(let bits) = self { bits } else { 0 } }
}

extension DynamicValue {
    /// The value that bits on the wire mean. Strings, bytes and messages have none and give their names' examples.
    fileprivate init(bits: UInt64, _ kind: FieldDescriptorProto.Kind) {
        switch kind {
        case .bool: self = .bool(bits != 0)
        case .int32, .sfixed32: self = .int32(Int32(truncatingIfNeeded: bits))
        case .sint32: self = .int32(Int32(truncatingIfNeeded: FieldLayout.KeyOrder.zigzag(bits)))
        case .int64, .sfixed64: self = .int64(Int64(bitPattern: bits))
        case .sint64: self = .int64(FieldLayout.KeyOrder.zigzag(bits))
        case .uint32, .fixed32: self = .uint32(UInt32(truncatingIfNeeded: bits))
        case .uint64, .fixed64: self = .uint64(bits)
        case .float: self = .float(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .double: self = .double(Double(bitPattern: bits))
        case .enum: self = .enumeration(Int32(truncatingIfNeeded: bits))
        case .string: self = .string("")
        default: self = .bytes([])
        }
    }

    /// The bits that stand on the wire for a value of that type; nil if it is of another one.
    fileprivate func bits(_ kind: FieldDescriptorProto.Kind) -> UInt64? {
        switch (kind, self) {
        case (.bool, .bool(let value)): value ? 1 : 0
        case (.int32, .int32(let value)), (.enum, .enumeration(let value)): UInt64(bitPattern: Int64(value))
        case (.sfixed32, .int32(let value)): UInt64(UInt32(bitPattern: value))
        case (.sint32, .int32(let value)): UInt64(UInt32(bitPattern: value &<< 1 ^ value &>> 31))
        case (.int64, .int64(let value)), (.sfixed64, .int64(let value)): UInt64(bitPattern: value)
        case (.sint64, .int64(let value)): UInt64(bitPattern: value &<< 1 ^ value &>> 63)
        case (.uint32, .uint32(let value)), (.fixed32, .uint32(let value)): UInt64(value)
        case (.uint64, .uint64(let value)), (.fixed64, .uint64(let value)): value
        case (.float, .float(let value)): UInt64(value.bitPattern)
        case (.double, .double(let value)): value.bitPattern
        default: nil
        }
    }
}
