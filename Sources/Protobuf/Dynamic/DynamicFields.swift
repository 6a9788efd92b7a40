/// Reading and writing fields.
extension DynamicMessage {
    /// The value of a field; nil if it is not set, which for one without presence means that it is at its default.
    ///
    /// A field of another type is never set.
    public subscript(field: FieldDescriptor) -> DynamicValue? {
        guard let index = index(of: field), let slot = body.slot(index, layout) else { return nil }
        return value(slot, field, layout[index])
    }

    /// The value of the field (or known extension) with that number; nil if it is not set or there is none.
    public subscript(number: Int32) -> DynamicValue? { field(number: number).flatMap { self[$0] } }

    /// The value of the field with that original or JSON name, or of the extension with that full name in brackets; nil if it is
    /// not set or there is none.
    public subscript(name: String) -> DynamicValue? { field(named: name).flatMap { self[$0] } }

    /// The value of a field, or its type's default if it is not set (not the `default` that proto2 may declare).
    ///
    /// - Throws: `DynamicError` if the message has no such field.
    public func value(of field: FieldDescriptor) throws(DynamicError) -> DynamicValue {
        let index = try known(field)
        return body.slot(index, layout).map { value($0, field, layout[index]) } ?? initial(field, layout[index])
    }

    /// The fields and extensions that are set, with their values, by number.
    public var setFields: [(field: FieldDescriptor, value: DynamicValue)] {
        let fields = pool.layouts.fields[layout.nodeIndex]
        let entries = body.entries
        return entries.indices.sorted { entries[$0].field < entries[$1].field }.map { index in
            let number = Int(entries[index].field)
            let (field, layout) = (fields[number], layout[number])
            return (field, value(entries.slot(at: index, layout.form), field, layout))
        }
    }

    /// A field with presence that is set, a list or map that is not empty, another field that is not at its default.
    public func has(_ field: FieldDescriptor) -> Bool {
        index(of: field).map { body.slot($0, layout) != nil } ?? false
    }

    /// Sets a field, and clears the other members of its oneof. A list or map takes the place of the old one.
    ///
    /// - Throws: `DynamicError` if the message has no such field, or the value is not of its type: nothing is converted.
    public mutating func set(_ field: FieldDescriptor, to value: DynamicValue) throws(DynamicError) {
        let index = try known(field)
        let slot = try slot(value, field, layout[index])
        if slot.isVoid || (slot.isDefault && !field.hasPresence && !field.isRepeated) {
            body.remove(index, layout)
        } else {
            body.put(slot, index, layout)
        }
    }

    /// Sets the field (or known extension) with that number.
    public mutating func set(_ number: Int32, to value: DynamicValue) throws(DynamicError) {
        guard let field = field(number: number) else {
            throw DynamicError(.unknownField, "\(descriptor.fullName) has no field \(number).")
        }
        try set(field, to: value)
    }

    /// Sets the field with that original or JSON name, or the extension with that full name in brackets.
    public mutating func set(_ name: String, to value: DynamicValue) throws(DynamicError) {
        guard let field = field(named: name) else {
            throw DynamicError(.unknownField, "\(descriptor.fullName) has no field \(name).")
        }
        try set(field, to: value)
    }

    /// Brings a field to its default. A field of another type stays alone.
    public mutating func clear(_ field: FieldDescriptor) {
        if let index = index(of: field) {
            body.remove(index, layout)
        }
    }

    /// The member that is set of a oneof, by its index in the message's `oneofDecl`. Nil for the oneofs of `optional` fields, too.
    public func member(ofOneof oneof: Int) -> FieldDescriptor? {
        let fields = pool.layouts.fields[layout.nodeIndex]
        return body.entries.lazy.map { fields[Int($0.field)] }.first { $0.oneofIndex == oneof }
    }

    /// The member that is set of the oneof with that name.
    public func member(ofOneof name: String) -> FieldDescriptor? {
        descriptor.proto.oneofDecl.firstIndex { $0.name == name }.flatMap { member(ofOneof: $0) }
    }

    // MARK: Finding fields

    private func field(number: Int32) -> FieldDescriptor? {
        let index = layout.index(ofNumber: UInt32(bitPattern: number))
        return index < 0 ? nil : pool.layouts.fields[layout.nodeIndex][index]
    }

    private func field(named name: String) -> FieldDescriptor? {
        name.hasPrefix("[") && name.hasSuffix("]")
            ? pool.extension(named: String(name.dropFirst().dropLast())) : descriptor.field(named: name)
    }

    private func index(of field: FieldDescriptor) -> Int? {
        let index = layout.index(ofNumber: UInt32(bitPattern: field.number))
        return index >= 0 && pool.layouts.fields[layout.nodeIndex][index] === field ? index : nil
    }

    private func known(_ field: FieldDescriptor) throws(DynamicError) -> Int {
        guard let index = index(of: field) else {
            throw DynamicError(.unknownField, "\(descriptor.fullName) does not have the field \(field.fullName).")
        }
        return index
    }
}
