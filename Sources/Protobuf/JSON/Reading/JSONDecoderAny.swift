/// google.protobuf.Any, which says what it holds in `@type`.
extension JSONDecoder {
    /// Reads `{"@type": "…", fields}`; the type may stand anywhere in the object, which is read again from its start
    /// once the type is known.
    mutating func any() throws(JSONError) {
        _ = reader.peek()
        let place = reader.offset
        let (url, isEmpty) = try typeURL()
        if isEmpty {
            return
        }
        guard let url else { throw reader.error("An Any needs the field \"@type\".", at: place) }
        guard let message = types.jsonContent(ofAny: url) else {
            throw reader.error("The type \"\(url)\" is not known here.", at: place)
        }
        reader.rewind(to: place)
        output.append(1 << 3 | 2)
        output.appendVarint(UInt64(url.utf8.count))
        output.append(url)
        let start = output.count
        output.append(2 << 3 | 2)
        let block = output.openBlock()
        if let wellKnown = message.wellKnown {
            try wrapped(wellKnown, message)
        } else {
            try object(message, isContent: true)
        }
        if output.count == block {
            output.truncate(to: start)
        } else {
            output.closeBlock(block)
        }
    }

    /// Reads an object up to its first `@type`; all of it, if there is none.
    private mutating func typeURL() throws(JSONError) -> (url: String?, isEmpty: Bool) {
        var isInside = try reader.open(UInt8(ascii: "{"), "an object")
        let isEmpty = !isInside
        while isInside {
            let isType = unsafe try reader.string("a field name in double quotes").elementsEqual("@type".utf8)
            try reader.expect(UInt8(ascii: ":"), "a colon")
            if isType {
                let url = unsafe try String(decoding: reader.string("a type URL in double quotes"), as: UTF8.self)
                reader.leave()
                return (url, false)
            }
            try reader.skip()
            isInside = try reader.more(UInt8(ascii: "{"))
        }
        return (nil, isEmpty)
    }

    /// Reads `{"@type": "…", "value": …}`.
    private mutating func wrapped(_ type: WellKnownType, _ message: SchemaRow<JSONMessage>) throws(JSONError) {
        var hasValue = false
        var hasType = false
        let start = reader.offset
        var isInside = try reader.open(UInt8(ascii: "{"), "an object")
        while isInside {
            _ = reader.peek()
            let place = reader.offset
            let key = unsafe try String(decoding: reader.string("a field name in double quotes"), as: UTF8.self)
            try reader.expect(UInt8(ascii: ":"), "a colon")
            if key == "value" {
                if hasValue {
                    throw reader.error("The field \"value\" is there twice.", at: place)
                }
                hasValue = true
                do throws(JSONError) {
                    try wellKnown(type, message)
                } catch {
                    throw error.inside("value")
                }
            } else if key == "@type" {
                if hasType {
                    throw reader.error("The field \"@type\" is there twice.", at: place)
                }
                hasType = true
                try reader.skip()
            } else if options.ignoresUnknownFields {
                try reader.skip()
            } else {
                throw reader.error("An Any of \(message.descriptor.fullName) has no field \"\(key)\" beside \"value\".", at: place)
            }
            isInside = try reader.more(UInt8(ascii: "{"))
        }
        if !hasValue {
            throw reader.error("An Any of \(message.descriptor.fullName) needs the field \"value\".", at: start)
        }
    }
}
