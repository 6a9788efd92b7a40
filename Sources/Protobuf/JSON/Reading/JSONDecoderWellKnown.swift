/// Messages that have a JSON of their own.
extension JSONDecoder {
    mutating func wellKnown(_ type: WellKnownType, _ message: SchemaRow<JSONMessage>) throws(JSONError) {
        switch type {
        case .any: try any()
        case .timestamp, .duration: try time(type)
        case .fieldMask: try fieldMask()
        case .structure: try structure()
        case .value: try value()
        case .listValue: try listValue()
        case .wrapper:
            let field = message.field(at: 0)
            _ = reader.peek()
            _ = try scalar(field, tag: field.tag, omitsDefault: true)
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
            guard start < end, unsafe FieldMaskText.appendSnake(UnsafeBufferPointer(rebasing: text[start..<end]), to: &output) else {
                throw reader.error("A field path in JSON is in lowerCamelCase, without underscores, and not empty.", at: place)
            }
            output.closeBlock(block)
            start = end + 1
        }
    }

    // MARK: Struct, Value, ListValue

    private mutating func structure() throws(JSONError) {
        var names = KeySet()
        var isInside = try reader.open(UInt8(ascii: "{"), "an object")
        while isInside {
            _ = reader.peek()
            let place = reader.offset
            output.append(1 << 3 | 2)
            let entry = output.openBlock()
            try textKey(&names, tag: 1 << 3 | 2, at: place, wanted: "a name in double quotes", noun: "name")
            try reader.expect(UInt8(ascii: ":"), "a colon")
            output.append(2 << 3 | 2)
            let block = output.openBlock()
            do throws(JSONError) {
                try value()
            } catch {
                throw error.inside("[\"\(keyText(at: place))\"]")
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
            _ = try string(tag: 3 << 3 | 2, wanted: "a string")
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
            let place = reader.offset
            let text = unsafe try reader.number()
            guard let number = unsafe JSONNumber.floating(text, as: Double.self) else {
                throw reader.error("The number is too large.", at: place)
            }
            output.append(2 << 3 | 1)
            output.appendFixed(number.bitPattern)
        }
    }
}
