/// Values of scalar and enum types, and map keys.
extension JSONDecoder {
    enum ScalarResult {
        case isSet
        /// The type's default.
        case isDefault
        /// An enum name that is not known, which the options say to leave out. Nothing was written.
        case isIgnored
    }

    /// Reads one value and writes it without its tag.
    mutating func scalar(_ field: FieldDescriptor, pool: DescriptorPool) throws(JSONError) -> ScalarResult {
        switch field.kind {
        case .enum: return try enumeration(pool.enums[field.typeIndex])
        case .bool:
            let value = try reader.bool()
            output.append(value ? 1 : 0)
            return value ? .isSet : .isDefault
        case .string:
            let text = unsafe try reader.string()
            unsafe output.appendBlock(text)
            return text.isEmpty ? .isDefault : .isSet
        case .bytes:
            let place = reader.offset
            let text = unsafe try reader.string("bytes as base64 in double quotes")
            guard let bytes = unsafe Base64.decode(text) else { throw reader.error("This is not base64.", at: place) }
            output.appendVarint(UInt64(bytes.count))
            output.append(bytes)
            return bytes.isEmpty ? .isDefault : .isSet
        case .float:
            let value = try floating(Float.self)
            output.appendFixed(value.bitPattern)
            return value.bitPattern == 0 ? .isDefault : .isSet
        case .double:
            let value = try floating(Double.self)
            output.appendFixed(value.bitPattern)
            return value.bitPattern == 0 ? .isDefault : .isSet
        default:
            return try integer(field.kind, wanted: "a whole number")
        }
    }

    private mutating func integer(_ kind: FieldDescriptorProto.Kind, wanted: String) throws(JSONError) -> ScalarResult {
        _ = reader.peek()
        let place = reader.offset
        let text = unsafe try numberText(wanted)
        let isZero: Bool?
        switch kind {
        case .int32, .sint32, .sfixed32: isZero = unsafe append(JSONNumber.integer(text, as: Int32.self), kind)
        case .int64, .sint64, .sfixed64: isZero = unsafe append(JSONNumber.integer(text, as: Int64.self), kind)
        case .uint32, .fixed32: isZero = unsafe append(JSONNumber.integer(text, as: UInt32.self), kind)
        default: isZero = unsafe append(JSONNumber.integer(text, as: UInt64.self), kind)
        }
        guard let isZero else {
            throw reader.error(
                "The number \(unsafe String(decoding: text.prefix(40), as: UTF8.self)) is not a whole one that fits.", at: place)
        }
        return isZero ? .isDefault : .isSet
    }

    /// Writes a number as its kind demands; nil if there is none.
    private mutating func append(_ value: (some FixedWidthInteger)?, _ kind: FieldDescriptorProto.Kind) -> Bool? {
        guard let value else { return nil }
        switch kind {
        case .sint32, .sint64:
            let wide = Int64(truncatingIfNeeded: value)
            output.appendVarint(UInt64(bitPattern: wide &<< 1 ^ wide &>> 63))
        case .fixed32, .fixed64, .sfixed32, .sfixed64: output.appendFixed(value)
        default: output.appendVarint(UInt64(truncatingIfNeeded: value))
        }
        return value == 0
    }

    /// A number, bare or in quotes.
    private mutating func numberText(_ wanted: String) throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        if reader.peek() != UInt8(ascii: "\"") {
            return unsafe try reader.number(wanted)
        }
        let place = reader.offset
        let text = unsafe try reader.string()
        if unsafe text.isEmpty || JSONNumber.length(text) != text.count {
            throw reader.error("Here should be \(wanted).", at: place)
        }
        return unsafe text
    }

    private mutating func floating<Value: BinaryFloatingPoint & LosslessStringConvertible>(
        _ type: Value.Type
    ) throws(JSONError) -> Value {
        let isQuoted = reader.peek() == UInt8(ascii: "\"")
        let place = reader.offset
        if isQuoted {
            let text = unsafe try String(decoding: reader.string(), as: UTF8.self)
            switch text {
            case "NaN": return Value.nan
            case "Infinity": return Value.infinity
            case "-Infinity": return -Value.infinity
            default: reader.rewind(to: place)
            }
        }
        let text = unsafe try numberText("a number")
        guard let value = unsafe JSONNumber.floating(text, as: type) else {
            throw reader.error("The number is too large for its field.", at: place)
        }
        return value
    }

    private mutating func enumeration(_ type: EnumDescriptor) throws(JSONError) -> ScalarResult {
        switch reader.peek() {
        case UInt8(ascii: "\""):
            let place = reader.offset
            let name = unsafe try String(decoding: reader.string(), as: UTF8.self)
            if let number = type.numbers[name] {
                output.appendVarint(UInt64(bitPattern: Int64(number)))
                return number == 0 ? .isDefault : .isSet
            }
            if options.ignoresUnknownFields {
                return .isIgnored
            }
            let nearest = NearestName.of(name, among: type.proto.value.compactMap(\.name))
            throw reader.error("\(type.fullName) has no value \"\(name)\".", at: place, suggestion: nearest)
        case UInt8(ascii: "n") where type.isNullValue:
            try reader.null()
            output.append(0)
            return .isDefault
        default:
            return try integer(.int32, wanted: "the name or number of an enum value")
        }
    }

    /// Reads a key, which JSON always quotes, writes it without its tag, and returns it for messages.
    mutating func mapKey(_ field: FieldDescriptor) throws(JSONError) -> String {
        let place = reader.offset
        let text = unsafe try reader.string("a key in double quotes")
        let name = unsafe String(decoding: text, as: UTF8.self)
        switch field.kind {
        case .string: unsafe output.appendBlock(text)
        case .bool:
            guard name == "true" || name == "false" else { throw reader.error("This key should be \"true\" or \"false\".", at: place) }
            output.append(name == "true" ? 1 : 0)
        default:
            let end = reader.offset
            reader.rewind(to: place)
            _ = try integer(field.kind, wanted: "a key that is a whole number")
            reader.rewind(to: end)
        }
        return name
    }
}
