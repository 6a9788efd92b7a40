/// Arrays and maps.
extension JSONEncoder {
    /// Writes all elements, which stand together, and returns the tag after them.
    mutating func repeated(_ field: SchemaRow<JSONField>, tag: UInt32) throws(JSONError) -> UInt32 {
        if field.isMap, let entry = field.message {
            return try map(entry, tag: tag)
        }
        open("[")
        var index = 0
        var next = tag
        do throws(JSONError) {
            while next == tag || next >> 3 == tag >> 3 && next != 0 && field.accepts(wireType: next & 7) {
                if next & 7 == 2, field.shape.isPackable {
                    try packed(field, index: &index)
                } else {
                    separate(isFirst: index == 0)
                    try value(field)
                    index &+= 1
                }
                next = try nextTag()
            }
        } catch {
            throw error.inside(element: index)
        }
        close("]", isEmpty: index == 0)
        return next
    }

    /// Writes the elements of a packed block.
    private mutating func packed(_ field: SchemaRow<JSONField>, index: inout Int) throws(JSONError) {
        let outer: Decoder.Enclosing
        do throws(DecodeError) { outer = try decoder.enterPacked(elementSize: 1) } catch { throw JSONError(error) }
        if decoder.isAtEnd && isChecking {
            try abnormal()
        }
        while !decoder.isAtEnd {
            separate(isFirst: index == 0)
            try scalar(field)
            index &+= 1
        }
        decoder.leavePacked(outer)
    }

    /// Writes all entries, which stand together, and returns the tag after them.
    mutating func map(_ entry: SchemaRow<JSONMessage>, tag: UInt32) throws(JSONError) -> UInt32 {
        let keyField = entry.field(at: 0)
        let valueField = entry.field(at: 1)
        open("{")
        var isFirst = true
        var previous: DecodedKey?
        var next = tag
        while next == tag {
            separate(isFirst: isFirst)
            isFirst = false
            let outer = try enter()
            var inner = try nextTag()
            if inner == keyField.tag {
                if isChecking {
                    try check(keyField, after: &previous)
                }
                try mapKey(keyField)
                inner = try nextTag()
            } else {
                if isChecking {
                    try abnormal()
                }
                missingMapKey(keyField)
            }
            colon()
            do throws(JSONError) {
                if inner == valueField.tag {
                    try value(valueField)
                    inner = try nextTag()
                } else {
                    try missingMapValue(valueField)
                }
            } catch {
                throw error.inside("[…]")
            }
            if inner != 0 && isChecking {
                try abnormal()
            }
            decoder.leave(outer)
            next = try nextTag()
        }
        close("}", isEmpty: isFirst)
        return next
    }

    @inline(__always)
    private mutating func mapKey(_ field: SchemaRow<JSONField>) throws(JSONError) {
        // Strings and 64-bit numbers bring their own quotes.
        let needsQuotes = field.shape != .string && !field.shape.isQuotedNumber
        if needsQuotes {
            output.append(UInt8(ascii: "\""))
        }
        try scalar(field)
        if needsQuotes {
            output.append(UInt8(ascii: "\""))
        }
    }

    private mutating func missingMapKey(_ field: SchemaRow<JSONField>) {
        switch field.shape {
        case .string: output.append("\"\"")
        case .bool: output.append("\"false\"")
        default: output.append("\"0\"")
        }
    }

    private mutating func missingMapValue(_ field: SchemaRow<JSONField>) throws(JSONError) {
        guard let type = field.message else { return defaultValue(field) }
        unsafe try within(UnsafeRawBufferPointer(start: nil, count: 0), isChecking: false) { (encoder) throws(JSONError) in
            try encoder.message(type)
        }
    }
}
