/// Messages that have a JSON of their own.
extension JSONEncoder {
    mutating func wellKnown(_ type: WellKnownType, _ message: SchemaRow<JSONMessage>) throws(JSONError) {
        switch type {
        case .any: try any()
        case .timestamp, .duration: try time(isTimestamp: type == .timestamp)
        case .fieldMask: try fieldMask()
        case .structure: try structure(message)
        case .value: try value(message)
        case .listValue: try listValue(message)
        case .wrapper: try wrapper(message.field(at: 0))
        }
    }

    private mutating func wrapper(_ field: SchemaRow<JSONField>) throws(JSONError) {
        let start = output.count
        while true {
            let tag = try nextTag()
            if tag == 0 {
                break
            } else if tag == field.tag {
                output.truncate(to: start)
                try scalar(field)
            } else {
                try skip()
            }
        }
        if output.count == start {
            defaultValue(field)
        }
    }

    private mutating func time(isTimestamp: Bool) throws(JSONError) {
        var seconds: Int64 = 0
        var nanos: Int32 = 0
        do throws(DecodeError) {
            while true {
                let tag = try decoder.nextTag()
                if tag == 0 {
                    break
                } else if tag == 1 << 3 {
                    seconds = try decoder.int64()
                } else if tag == 2 << 3 {
                    nanos = try decoder.int32()
                } else {
                    try decoder.skip()
                }
            }
        } catch {
            throw JSONError(error)
        }
        output.append(UInt8(ascii: "\""))
        if isTimestamp && !TimeText.appendTimestamp(seconds: seconds, nanos: nanos, to: &output) {
            throw JSONError(unsayable: "A Timestamp of \(seconds) seconds and \(nanos) nanoseconds is not between the years 1 and 9999.")
        }
        if !isTimestamp && !TimeText.appendDuration(seconds: seconds, nanos: nanos, to: &output) {
            throw JSONError(unsayable: "A Duration of \(seconds) seconds and \(nanos) nanoseconds is out of range, or its signs differ.")
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func fieldMask() throws(JSONError) {
        var paths = ByteBuffer(capacity: 64)
        var isFirst = true
        while true {
            let tag = try nextTag()
            if tag == 0 {
                break
            } else if tag != 1 << 3 | 2 {
                try skip()
                continue
            }
            if !isFirst {
                paths.append(UInt8(ascii: ","))
            }
            isFirst = false
            let path = unsafe try text()
            if unsafe !FieldMaskText.appendCamel(path, to: &paths) {
                throw JSONError(unsayable: "The field path \"\(unsafe String(decoding: path, as: UTF8.self))\" cannot be said in JSON.")
            }
        }
        _ = unsafe output.appendQuoted(paths.bytes)
    }

    // MARK: Struct, Value, ListValue

    private mutating func structure(_ message: SchemaRow<JSONMessage>) throws(JSONError) {
        // The one field is a map, whose JSON is that of the whole.
        let field = message.field(at: 0)
        let start = output.count
        var tag = try nextTag()
        while tag != 0 {
            if tag != field.tag {
                try skip()
                tag = try nextTag()
            } else if output.count > start {
                return try abnormal()
            } else if let entry = field.message {
                tag = try map(entry, tag: tag)
            }
        }
        if output.count == start {
            output.append("{}")
        }
    }

    private mutating func listValue(_ message: SchemaRow<JSONMessage>) throws(JSONError) {
        let field = message.field(at: 0)
        let start = output.count
        var tag = try nextTag()
        while tag != 0 {
            if tag != field.tag {
                try skip()
                tag = try nextTag()
            } else if output.count > start {
                return try abnormal()
            } else {
                tag = try repeated(field, tag: tag)
            }
        }
        if output.count == start {
            output.append("[]")
        }
    }

    private mutating func value(_ message: SchemaRow<JSONMessage>) throws(JSONError) {
        var hasKind = false
        while true {
            let tag = try nextTag()
            if tag == 0 {
                break
            }
            guard let index = message.index(number: tag >> 3), message.field(at: index).accepts(wireType: tag & 7) else {
                try skip()
                continue
            }
            if hasKind {
                try abnormal()
            }
            hasKind = true
            let field = message.field(at: index)
            if field.shape == .double {
                let number: Double
                do throws(DecodeError) { number = try decoder.double() } catch { throw JSONError(error) }
                guard number.isFinite else { throw JSONError(unsayable: "A Value cannot hold NaN or an infinity in JSON.") }
                output.appendNumber(number)
            } else {
                try value(field)
            }
        }
        if !hasKind {
            throw JSONError(unsayable: "A Value that has no kind cannot be said in JSON.")
        }
    }
}
