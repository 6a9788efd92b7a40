/// Reads JSON and writes the binary format, guided by descriptors.
struct JSONDecoder: ~Copyable {
    var reader: JSONReader
    var output: ByteBuffer
    let pool: DescriptorPool
    /// Types that an Any may hold.
    let types: DescriptorPool
    let options: JSONDecodeOptions

    /// Reads the JSON of one message.
    mutating func message(_ node: MessageNode) throws(JSONError) {
        if let wellKnown = node.wellKnown {
            try self.wellKnown(wellKnown, node)
        } else {
            try object(node, pool: pool)
        }
    }

    /// Reads `{ "field": value, … }`.
    ///
    /// - Parameter skipsType: the object is an Any's, whose `@type` has been read.
    mutating func object(_ node: MessageNode, pool: DescriptorPool, skipsType: Bool = false) throws(JSONError) {
        var seenFields = SmallSet()
        var seenOneofs = SmallSet()
        // Objects mostly have their members in the order of declaration.
        var guess = 0
        var isInside = try reader.open(UInt8(ascii: "{"), "an object")
        while isInside {
            _ = reader.peek()
            let place = reader.offset
            let key = unsafe try reader.string("a field name in double quotes")
            if let index = unsafe node.index(of: key, guess: guess) {
                guess = index + 1
                let field = node.fields[index]
                try reader.expect(UInt8(ascii: ":"), "a colon")
                if !seenFields.insert(index) {
                    throw reader.error("The field \"\(field.jsonName)\" is there twice.", at: place)
                }
                do throws(JSONError) {
                    let isSet = try value(of: field, pool: pool)
                    if isSet, let oneof = field.oneofIndex, !seenOneofs.insert(oneof) {
                        throw reader.error("Another field of the same oneof is already set.", at: place)
                    }
                } catch {
                    throw error.inside(field.jsonName)
                }
            } else {
                try unknown(unsafe String(decoding: key, as: UTF8.self), in: node, at: place, skipsType: skipsType)
            }
            isInside = try reader.more(UInt8(ascii: "{"))
        }
    }

    private mutating func unknown(
        _ name: String, in node: MessageNode, at place: Int, skipsType: Bool
    ) throws(JSONError) {
        if !options.ignoresUnknownFields && !(skipsType && name == "@type") {
            let names = node.fields.map(\.jsonName)
            let nearest = NearestName.of(name, among: names)
            let reason = "\(node.fullName) has no field \"\(name)\"."
            throw reader.error(reason, at: place, suggestion: nearest).inside(name)
        }
        try reader.expect(UInt8(ascii: ":"), "a colon")
        try reader.skip()
    }

    /// Reads a field's value; false if the field stays unset, since it was null or is to be ignored.
    private mutating func value(of field: FieldDescriptor, pool: DescriptorPool) throws(JSONError) -> Bool {
        if reader.peek() == UInt8(ascii: "n") && !takesNull(field, pool: pool) {
            try reader.null()
            return false
        }
        if field.isRepeated {
            if field.kind == .message, pool.messages[field.typeIndex].isMapEntry {
                try map(field, entry: pool.messages[field.typeIndex], pool: pool)
            } else {
                try array(field, pool: pool)
            }
        } else if field.kind == .message {
            try nested(field, pool: pool)
        } else {
            let start = output.count
            output.appendVarint(tag(field))
            switch try scalar(field, pool: pool) {
            case .isSet: break
            case .isDefault:
                if !field.hasPresence {
                    output.truncate(to: start)
                }
            case .isIgnored:
                output.truncate(to: start)
                return false
            }
        }
        return true
    }

    /// For Value and NullValue `null` is a value like any other; but an array or a map of them cannot be null itself.
    private func takesNull(_ field: FieldDescriptor, pool: DescriptorPool) -> Bool {
        !field.isRepeated && elementTakesNull(field, pool: pool)
    }

    private func elementTakesNull(_ field: FieldDescriptor, pool: DescriptorPool) -> Bool {
        switch field.kind {
        case .message: pool.messages[field.typeIndex].wellKnown == .value
        case .enum: pool.enums[field.typeIndex].isNullValue
        default: false
        }
    }

    private func tag(_ field: FieldDescriptor) -> UInt64 {
        UInt64(field.number.magnitude) << 3 | UInt64(field.kind.wireType)
    }

    private mutating func nested(_ field: FieldDescriptor, pool: DescriptorPool) throws(JSONError) {
        output.appendVarint(tag(field))
        let block = output.openBlock()
        let node = pool.messages[field.typeIndex]
        if let wellKnown = node.wellKnown {
            try self.wellKnown(wellKnown, node)
        } else {
            try object(node, pool: pool)
        }
        output.closeBlock(block)
    }

    private mutating func array(_ field: FieldDescriptor, pool: DescriptorPool) throws(JSONError) {
        let start = output.count
        var block = 0
        if field.isPacked {
            output.appendVarint(UInt64(field.number.magnitude) << 3 | 2)
            block = output.openBlock()
        }
        var index = 0
        var isInside = try reader.open(UInt8(ascii: "["), "an array")
        while isInside {
            do throws(JSONError) {
                try element(field, pool: pool)
            } catch {
                throw error.inside(element: index)
            }
            index += 1
            isInside = try reader.more(UInt8(ascii: "["))
        }
        if field.isPacked {
            if output.count == block {
                output.truncate(to: start)
            } else {
                output.closeBlock(block)
            }
        }
    }

    private mutating func element(_ field: FieldDescriptor, pool: DescriptorPool) throws(JSONError) {
        if reader.peek() == UInt8(ascii: "n") && !elementTakesNull(field, pool: pool) {
            throw reader.error("An element cannot be null.")
        }
        if field.kind == .message {
            return try nested(field, pool: pool)
        }
        let start = output.count
        if !field.isPacked {
            output.appendVarint(tag(field))
        }
        if try scalar(field, pool: pool) == .isIgnored {
            output.truncate(to: start)
        }
    }

    private mutating func map(_ field: FieldDescriptor, entry: MessageNode, pool: DescriptorPool) throws(JSONError) {
        let keyField = entry.fields[0]
        let valueField = entry.fields[1]
        var seen: Set<[UInt8]> = []
        var isInside = try reader.open(UInt8(ascii: "{"), "an object")
        while isInside {
            _ = reader.peek()
            let place = reader.offset
            let start = output.count
            output.appendVarint(tag(field))
            let block = output.openBlock()
            output.appendVarint(tag(keyField))
            let keyStart = output.count
            let name = try mapKey(keyField)
            if !seen.insert(unsafe [UInt8](UnsafeBufferPointer(rebasing: output.bytes[keyStart...]))).inserted {
                throw reader.error("The key \"\(name)\" is there twice.", at: place)
            }
            try reader.expect(UInt8(ascii: ":"), "a colon")
            do throws(JSONError) {
                if try mapValue(valueField, pool: pool) {
                    output.closeBlock(block)
                } else {
                    output.truncate(to: start)
                }
            } catch {
                throw error.inside("[\"\(name)\"]")
            }
            isInside = try reader.more(UInt8(ascii: "{"))
        }
    }

    /// False if the entry is to be left out.
    private mutating func mapValue(_ field: FieldDescriptor, pool: DescriptorPool) throws(JSONError) -> Bool {
        if reader.peek() == UInt8(ascii: "n") && !elementTakesNull(field, pool: pool) {
            throw reader.error("A map's value cannot be null.")
        }
        if field.kind == .message {
            try nested(field, pool: pool)
            return true
        }
        output.appendVarint(tag(field))
        return try scalar(field, pool: pool) != .isIgnored
    }
}

/// A set of small numbers that needs no memory while they are under 64.
private struct SmallSet {
    private var bits: UInt64 = 0
    private var others: Set<Int> = []

    /// False if the number is already in it.
    mutating func insert(_ number: Int) -> Bool {
        guard number < 64 else { return others.insert(number).inserted }
        let bit = UInt64(1) &<< UInt64(number)
        defer { bits |= bit }
        return bits & bit == 0
    }
}
