/// Scalars, enums, and messages that have a JSON of their own.
extension JSONEncoder {
    mutating func scalar(_ field: FieldDescriptor, pool: DescriptorPool) throws(JSONError) {
        do throws(DecodeError) {
            switch field.kind {
            case .double: output.appendNumber(try decoder.double())
            case .float: output.appendNumber(try decoder.float())
            case .int32: output.appendDecimal(Int64(try decoder.int32()))
            case .sint32: output.appendDecimal(Int64(try decoder.sint32()))
            case .sfixed32: output.appendDecimal(Int64(try decoder.sfixed32()))
            case .uint32: output.appendDecimal(UInt64(try decoder.uint32()))
            case .fixed32: output.appendDecimal(UInt64(try decoder.fixed32()))
            case .int64: quoted(try decoder.int64())
            case .sint64: quoted(try decoder.sint64())
            case .sfixed64: quoted(try decoder.sfixed64())
            case .uint64: quoted(try decoder.uint64())
            case .fixed64: quoted(try decoder.fixed64())
            case .bool: output.append(try decoder.bool() ? "true" : "false")
            case .enum: enumeration(try decoder.int32(), pool.enums[field.typeIndex])
            case .string:
                let text = unsafe try decoder.text()
                unsafe output.appendQuoted(text)
            default:
                let bytes = unsafe try decoder.block()
                output.append(UInt8(ascii: "\""))
                unsafe Base64.encode(UnsafeRawBufferPointer(bytes), to: &output)
                output.append(UInt8(ascii: "\""))
            }
        } catch {
            throw JSONError(error)
        }
    }

    private mutating func quoted(_ value: some FixedWidthInteger) {
        output.append(UInt8(ascii: "\""))
        if value < 0 {
            output.append(UInt8(ascii: "-"))
        }
        output.appendDecimal(UInt64(value.magnitude))
        output.append(UInt8(ascii: "\""))
    }

    mutating func enumeration(_ number: Int32, _ type: EnumDescriptor) {
        if type.isNullValue {
            output.append("null")
        } else if !options.writesEnumsAsNumbers, let name = type.names[number] {
            output.appendQuoted(name)
        } else {
            output.appendDecimal(Int64(number))
        }
    }

    mutating func wellKnown(_ type: WellKnownType, _ node: MessageNode, pool: DescriptorPool) throws(JSONError) {
        switch type {
        case .any: try any()
        case .timestamp, .duration: try time(isTimestamp: type == .timestamp)
        case .fieldMask: try fieldMask()
        case .structure: try structure(node, pool: pool)
        case .value: try value(node, pool: pool)
        case .listValue: try listValue(node, pool: pool)
        case .wrapper: try wrapper(node.fields[0], pool: pool)
        }
    }

    private mutating func wrapper(_ field: FieldDescriptor, pool: DescriptorPool) throws(JSONError) {
        let start = output.count
        while true {
            let tag = try nextTag()
            if tag == 0 {
                break
            } else if tag == 1 << 3 | field.kind.wireType {
                output.truncate(to: start)
                try scalar(field, pool: pool)
            } else {
                try skip()
            }
        }
        if output.count == start {
            switch field.kind {
            case .bool: output.append("false")
            case .string, .bytes: output.append("\"\"")
            default: output.append(field.kind.isQuotedInJSON ? "\"0\"" : "0")
            }
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
            throw JSONError("A Timestamp of \(seconds) seconds and \(nanos) nanoseconds is not between the years 1 and 9999.")
        }
        if !isTimestamp && !TimeText.appendDuration(seconds: seconds, nanos: nanos, to: &output) {
            throw JSONError("A Duration of \(seconds) seconds and \(nanos) nanoseconds is out of range, or its signs differ.")
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func fieldMask() throws(JSONError) {
        var paths = ByteBuffer(capacity: 64)
        while true {
            let tag = try nextTag()
            if tag == 0 {
                break
            } else if tag != 1 << 3 | 2 {
                try skip()
                continue
            }
            if paths.count > 0 {
                paths.append(UInt8(ascii: ","))
            }
            let path = unsafe try text()
            if unsafe !FieldMaskText.appendCamel(path, to: &paths) {
                throw JSONError("The field path \"\(unsafe String(decoding: path, as: UTF8.self))\" cannot be said in JSON.")
            }
        }
        unsafe output.appendQuoted(paths.bytes)
    }

    private mutating func text() throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        do throws(DecodeError) { return unsafe try decoder.text() } catch { throw JSONError(error) }
    }

    // MARK: Struct, Value, ListValue

    private mutating func structure(_ node: MessageNode, pool: DescriptorPool) throws(JSONError) {
        // The one field is a map, whose JSON is that of the whole.
        let start = output.count
        let field = node.fields[0]
        while true {
            let tag = try nextTag()
            if tag == 0 {
                break
            } else if tag == 1 << 3 | 2 {
                _ = try map(field, entry: pool.messages[field.typeIndex], pool: pool, tag: tag)
                break
            }
            try skip()
        }
        if output.count == start {
            output.append("{}")
        }
    }

    private mutating func listValue(_ node: MessageNode, pool: DescriptorPool) throws(JSONError) {
        let start = output.count
        while true {
            let tag = try nextTag()
            if tag == 0 {
                break
            } else if tag == 1 << 3 | 2 {
                _ = try repeated(node.fields[0], pool: pool, tag: tag)
                break
            }
            try skip()
        }
        if output.count == start {
            output.append("[]")
        }
    }

    private mutating func value(_ node: MessageNode, pool: DescriptorPool) throws(JSONError) {
        while true {
            let tag = try nextTag()
            if tag == 0 {
                throw JSONError("A Value that has no kind cannot be said in JSON.")
            }
            guard let field = node.field(number: Int32(truncatingIfNeeded: tag >> 3)), field.accepts(wireType: tag & 7) else {
                try skip()
                continue
            }
            if field.kind == .double {
                let number: Double
                do throws(DecodeError) { number = try decoder.double() } catch { throw JSONError(error) }
                guard number.isFinite else { throw JSONError("A Value cannot hold NaN or an infinity in JSON.") }
                output.appendNumber(number)
            } else {
                try value(field, pool: pool)
            }
            return
        }
    }

    // MARK: Any

    private mutating func any() throws(JSONError) {
        var url = ""
        var content: Decoder.Place?
        while true {
            let tag = try nextTag()
            if tag == 0 {
                break
            } else if tag == 1 << 3 | 2 {
                url = unsafe String(decoding: try text(), as: UTF8.self)
                continue
            } else if tag == 2 << 3 | 2 {
                content = decoder.place
            }
            try skip()
        }
        if url.isEmpty {
            if content != nil {
                throw JSONError("An Any that holds bytes but names no type cannot be said in JSON.")
            }
            return output.append("{}")
        }
        guard let slash = url.lastIndex(of: "/"), let node = types.node(named: String(url[url.index(after: slash)...])) else {
            throw JSONError("The type \"\(url)\" in an Any is not known here.")
        }
        open("{")
        separate(isFirst: true)
        output.append("\"@type\"")
        colon()
        output.appendQuoted(url)
        let bytes: [UInt8]
        do throws(DecodeError) {
            bytes = try contentBytes(content, node)
        } catch {
            throw JSONError(error)
        }
        if node.wellKnown != nil {
            separate(isFirst: false)
            output.append("\"value\"")
            colon()
            try within(bytes) { (encoder) throws(JSONError) in
                try encoder.message(node, pool: encoder.types)
            }
        } else {
            try within(bytes) { (encoder) throws(JSONError) in
                var isFirst = false
                try encoder.fields(node, pool: encoder.types, isFirst: &isFirst)
            }
        }
        close("}", isEmpty: false)
    }

    /// The message in an Any, in normal form.
    private mutating func contentBytes(_ place: Decoder.Place?, _ node: MessageNode) throws(DecodeError) -> [UInt8] {
        guard let place else { return [] }
        decoder.go(to: place)
        let block = unsafe try decoder.block()
        let limits = DecodeLimits(depth: decoder.depthLeft)
        return unsafe try WireNormalizer.normalize(UnsafeRawBufferPointer(block), node, pool: types, limits: limits)
    }
}
