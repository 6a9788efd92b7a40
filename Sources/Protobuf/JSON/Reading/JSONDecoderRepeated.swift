/// Arrays and maps.
extension JSONDecoder {
    mutating func repeated(_ field: SchemaRow<JSONField>) throws(JSONError) {
        if field.isMap, let entry = field.message {
            return try map(entry, tag: field.tag)
        }
        let start = output.count
        var block = 0
        if field.isPacked {
            output.appendVarint(UInt64(field.number << 3 | 2))
            block = output.openBlock()
        }
        var index = 0
        var isInside = try reader.open(UInt8(ascii: "["), "an array")
        while isInside {
            do throws(JSONError) {
                try element(field)
            } catch {
                throw error.inside(element: index)
            }
            index &+= 1
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

    @inline(__always)
    private mutating func element(_ field: SchemaRow<JSONField>) throws(JSONError) {
        if reader.peek() == UInt8(ascii: "n") && !field.takesNull {
            throw reader.error("An element cannot be null.")
        }
        if let type = field.message {
            try nested(type, field.tag)
        } else {
            _ = try scalar(field, tag: field.isPacked ? 0 : field.tag, omitsDefault: false)
        }
    }

    private mutating func map(_ entry: SchemaRow<JSONMessage>, tag: UInt32) throws(JSONError) {
        let keyField = entry.field(at: 0)
        let valueField = entry.field(at: 1)
        var keys = KeySet()
        var isInside = try reader.open(UInt8(ascii: "{"), "an object")
        while isInside {
            _ = reader.peek()
            let place = reader.offset
            let start = output.count
            output.appendVarint(UInt64(tag))
            let block = output.openBlock()
            try key(keyField, &keys, at: place)
            try reader.expect(UInt8(ascii: ":"), "a colon")
            do throws(JSONError) {
                if try mapValue(valueField) {
                    output.closeBlock(block)
                } else {
                    output.truncate(to: start)
                }
            } catch {
                throw error.inside("[\"\(keyText(at: place))\"]")
            }
            isInside = try reader.more(UInt8(ascii: "{"))
        }
    }

    /// False if the entry is to be left out.
    @inline(__always)
    private mutating func mapValue(_ field: SchemaRow<JSONField>) throws(JSONError) -> Bool {
        if reader.peek() == UInt8(ascii: "n") && !field.takesNull {
            throw reader.error("A map's value cannot be null.")
        }
        guard let type = field.message else { return try scalar(field, tag: field.tag, omitsDefault: false) }
        try nested(type, field.tag)
        return true
    }

    /// Reads a key, which JSON always quotes.
    @inline(__always)
    private mutating func key(_ field: SchemaRow<JSONField>, _ keys: inout KeySet, at place: Int) throws(JSONError) {
        if field.shape == .string {
            try textKey(&keys, tag: field.tag, at: place, wanted: "a key in double quotes", noun: "key")
            return
        }
        // Big-endian, and with the sign the other way round, numbers are in order by bytes, too.
        var order = try numberKey(field).bigEndian
        let isNew = unsafe withUnsafeBytes(of: &order) { bytes in
            unsafe bytes.withMemoryRebound(to: UInt8.self) { unsafe keys.insert($0) }
        }
        if !isNew {
            throw isThereTwice(at: place, noun: "key")
        }
    }

    /// Reads a key that is a string.
    @inline(__always)
    mutating func textKey(
        _ keys: inout KeySet, tag: UInt32, at place: Int, wanted: String, noun: String
    ) throws(JSONError) {
        let length = try string(tag: tag, wanted: wanted)
        if unsafe !keys.insert(output.bytes(from: output.count &- length)) {
            throw isThereTwice(at: place, noun: noun)
        }
    }

    /// - Returns: the key's place in the order of all keys of its type.
    private mutating func numberKey(_ field: SchemaRow<JSONField>) throws(JSONError) -> UInt64 {
        let place = reader.offset
        let text = unsafe try reader.string("a key in double quotes")
        if field.shape == .bool {
            let isTrue = unsafe text.elementsEqual("true".utf8)
            guard unsafe isTrue || text.elementsEqual("false".utf8) else {
                throw reader.error("This key should be \"true\" or \"false\".", at: place)
            }
            output.append(varint: isTrue ? 1 : 0, tag: field.tag)
            return isTrue ? 1 : 0
        }
        let end = reader.offset
        reader.rewind(to: place)
        let bits = try integer(field.shape, tag: field.tag, omitsDefault: false, wanted: "a key that is a whole number")
        reader.rewind(to: end)
        return field.shape.isSigned ? bits ^ 1 << 63 : bits
    }

    private mutating func isThereTwice(at place: Int, noun: String) -> JSONError {
        let text = keyText(at: place)
        return reader.error("The \(noun) \"\(text)\" is there twice.", at: place)
    }

    /// The text of a key that was read before, for a message.
    mutating func keyText(at place: Int) -> String {
        reader.rewind(to: place)
        return unsafe (try? String(decoding: reader.string(), as: UTF8.self)) ?? ""
    }
}
