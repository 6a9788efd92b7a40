/// Messages that have a JSON of their own.
extension JSONDecoder {
    mutating func wellKnown(_ type: WellKnownType, _ node: MessageNode) throws(JSONError) {
        switch type {
        case .any: try any()
        case .timestamp, .duration: try time(type)
        case .fieldMask: try fieldMask()
        case .structure: try structure()
        case .value: try value()
        case .listValue: try listValue()
        case .wrapper:
            let field = node.fields[0]
            let start = output.count
            output.appendVarint(1 << 3 | UInt64(field.kind.wireType))
            if try scalar(field, pool: pool) == .isDefault {
                output.truncate(to: start)
            }
        }
    }

    private mutating func time(_ type: WellKnownType) throws(JSONError) {
        _ = reader.peek()
        let place = reader.offset
        let isTimestamp = type == .timestamp
        let form =
            isTimestamp
            ? "a time such as \"2026-01-31T08:30:00Z\", in the years 1 to 9999"
            : "a duration such as \"1.5s\", at most 315576000000 seconds"
        let text = unsafe try reader.string(form)
        guard let (seconds, nanos) = unsafe isTimestamp ? TimeText.timestamp(text) : TimeText.duration(text) else {
            throw reader.error("Here should be \(form).", at: place)
        }
        if seconds != 0 {
            output.append(1 << 3)
            output.appendVarint(UInt64(bitPattern: seconds))
        }
        if nanos != 0 {
            output.append(2 << 3)
            output.appendVarint(UInt64(bitPattern: Int64(nanos)))
        }
    }

    private mutating func fieldMask() throws(JSONError) {
        _ = reader.peek()
        let place = reader.offset
        let text = unsafe try reader.string("field paths in double quotes, with commas between")
        if text.isEmpty {
            return
        }
        var start = 0
        while start <= text.count {
            let end = unsafe text[start...].firstIndex(of: UInt8(ascii: ",")) ?? text.count
            output.append(1 << 3 | 2)
            let block = output.openBlock()
            guard unsafe FieldMaskText.appendSnake(UnsafeBufferPointer(rebasing: text[start..<end]), to: &output) else {
                throw reader.error("A field path in JSON is in lowerCamelCase, without underscores.", at: place)
            }
            output.closeBlock(block)
            start = end + 1
        }
    }

    // MARK: Struct, Value, ListValue

    private mutating func structure() throws(JSONError) {
        var seen: Set<String> = []
        var isInside = try reader.open(UInt8(ascii: "{"), "an object")
        while isInside {
            _ = reader.peek()
            let place = reader.offset
            let key = unsafe try reader.string("a name in double quotes")
            let name = unsafe String(decoding: key, as: UTF8.self)
            output.append(1 << 3 | 2)
            let entry = output.openBlock()
            output.append(1 << 3 | 2)
            unsafe output.appendBlock(key)
            if !seen.insert(name).inserted {
                throw reader.error("The name \"\(name)\" is there twice.", at: place)
            }
            try reader.expect(UInt8(ascii: ":"), "a colon")
            output.append(2 << 3 | 2)
            let block = output.openBlock()
            do throws(JSONError) {
                try value()
            } catch {
                throw error.inside("[\"\(name)\"]")
            }
            output.closeBlock(block)
            output.closeBlock(entry)
            isInside = try reader.more(UInt8(ascii: "{"))
        }
    }

    private mutating func listValue() throws(JSONError) {
        var index = 0
        var isInside = try reader.open(UInt8(ascii: "["), "an array")
        while isInside {
            output.append(1 << 3 | 2)
            let block = output.openBlock()
            do throws(JSONError) {
                try value()
            } catch {
                throw error.inside(element: index)
            }
            output.closeBlock(block)
            index += 1
            isInside = try reader.more(UInt8(ascii: "["))
        }
    }

    private mutating func value() throws(JSONError) {
        switch reader.peek() {
        case UInt8(ascii: "n"):
            try reader.null()
            output.append(1 << 3)
            output.append(0)
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            output.append(4 << 3)
            output.append(try reader.bool() ? 1 : 0)
        case UInt8(ascii: "\""):
            output.append(3 << 3 | 2)
            unsafe output.appendBlock(try reader.string())
        case UInt8(ascii: "{"):
            output.append(5 << 3 | 2)
            let block = output.openBlock()
            try structure()
            output.closeBlock(block)
        case UInt8(ascii: "["):
            output.append(6 << 3 | 2)
            let block = output.openBlock()
            try listValue()
            output.closeBlock(block)
        default:
            _ = reader.peek()
            let place = reader.offset
            let text = unsafe try reader.number()
            guard let number = unsafe JSONNumber.floating(text, as: Double.self) else {
                throw reader.error("The number is too large.", at: place)
            }
            output.append(2 << 3 | 1)
            output.appendFixed(number.bitPattern)
        }
    }

    // MARK: Any

    /// Reads `{"@type": "…", fields}`; the type may stand anywhere in the object, so the object is read twice.
    private mutating func any() throws(JSONError) {
        _ = reader.peek()
        let place = reader.offset
        let (url, isEmpty) = try typeURL()
        if isEmpty {
            return
        }
        guard let url else { throw reader.error("An Any needs the field \"@type\".", at: place) }
        guard let slash = url.lastIndex(of: "/"), let node = types.node(named: String(url[url.index(after: slash)...])) else {
            throw reader.error("The type \"\(url)\" is not known here.", at: place)
        }
        reader.rewind(to: place)
        output.append(1 << 3 | 2)
        output.appendVarint(UInt64(url.utf8.count))
        output.append(url)
        let start = output.count
        output.append(2 << 3 | 2)
        let block = output.openBlock()
        if let wellKnown = node.wellKnown {
            try wrapped(wellKnown, node)
        } else {
            try object(node, pool: types, skipsType: true)
        }
        if output.count == block {
            output.truncate(to: start)
        } else {
            output.closeBlock(block)
        }
    }

    /// Reads over an object for its `@type`.
    private mutating func typeURL() throws(JSONError) -> (url: String?, isEmpty: Bool) {
        var url: String?
        var isInside = try reader.open(UInt8(ascii: "{"), "an object")
        let isEmpty = !isInside
        while isInside {
            _ = reader.peek()
            let place = reader.offset
            let key = unsafe try String(decoding: reader.string("a field name in double quotes"), as: UTF8.self)
            try reader.expect(UInt8(ascii: ":"), "a colon")
            if key == "@type" {
                if url != nil {
                    throw reader.error("The field \"@type\" is there twice.", at: place)
                }
                url = unsafe try String(decoding: reader.string("a type URL in double quotes"), as: UTF8.self)
            } else {
                try reader.skip()
            }
            isInside = try reader.more(UInt8(ascii: "{"))
        }
        return (url, isEmpty)
    }

    /// Reads `{"@type": "…", "value": …}`.
    private mutating func wrapped(_ type: WellKnownType, _ node: MessageNode) throws(JSONError) {
        var hasValue = false
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
                    try wellKnown(type, node)
                } catch {
                    throw error.inside("value")
                }
            } else if key == "@type" || options.ignoresUnknownFields {
                try reader.skip()
            } else {
                throw reader.error("An Any of \(node.fullName) has no field \"\(key)\" beside \"value\".", at: place)
            }
            isInside = try reader.more(UInt8(ascii: "{"))
        }
        if !hasValue {
            throw reader.error("An Any of \(node.fullName) needs the field \"value\".", at: start)
        }
    }
}
