/// Values of scalar and enum types.
extension JSONDecoder {
    /// Reads one value and writes it behind its tag.
    ///
    /// - Parameters:
    ///   - tag: 0 for none, in a packed field.
    ///   - omitsDefault: write nothing if the value is its type's default.
    /// - Returns: false for an enum name that is not known, which the options say to leave out.
    mutating func scalar(_ field: SchemaRow<JSONField>, tag: UInt32, omitsDefault: Bool) throws(JSONError) -> Bool {
        switch field.shape {
        case .string:
            let start = output.count
            if try string(tag: tag, wanted: "a string") == 0 && omitsDefault {
                output.truncate(to: start)
            }
        case .bool:
            let value = try reader.bool()
            if value || !omitsDefault {
                output.append(varint: value ? 1 : 0, tag: tag)
            }
        case .double: try double(tag: tag, omitsDefault: omitsDefault)
        case .float: try float(tag: tag, omitsDefault: omitsDefault)
        case .enumeration: return try enumeration(field, tag: tag, omitsDefault: omitsDefault)
        case .bytes, .message: try bytes(tag: tag, omitsDefault: omitsDefault)
        default: _ = try integer(field.shape, tag: tag, omitsDefault: omitsDefault, wanted: "a whole number")
        }
        return true
    }

    /// - Returns: the string's length.
    @inline(__always)
    mutating func string(tag: UInt32, wanted: String) throws(JSONError) -> Int {
        output.appendVarint(UInt64(tag))
        let block = output.openBlock()
        try reader.string(into: &output, wanted)
        let length = output.count &- block
        output.closeBlock(block)
        return length
    }

    private mutating func bytes(tag: UInt32, omitsDefault: Bool) throws(JSONError) {
        let place = reader.offset
        let text = unsafe try reader.string("bytes as base64 in double quotes")
        let start = output.count
        output.appendVarint(UInt64(tag))
        let block = output.openBlock()
        let room = unsafe output.room(for: Base64.largestSize(decoding: text.count))
        guard let count = unsafe Base64.decode(text, to: room) else { throw reader.error("This is not base64.", at: place) }
        output.advance(by: count)
        output.closeBlock(block)
        if count == 0 && omitsDefault {
            output.truncate(to: start)
        }
    }

    // MARK: Whole numbers

    /// - Returns: the number's 64 bits.
    mutating func integer(_ shape: JSONShape, tag: UInt32, omitsDefault: Bool, wanted: String) throws(JSONError) -> UInt64 {
        _ = reader.peek()
        let place = reader.offset
        let isNegative: Bool
        let magnitude: UInt64
        if let plain = reader.plainNumber(allowsFraction: false) {
            (isNegative, magnitude) = (plain.isNegative, plain.digits)
        } else {
            let text = unsafe try reader.quotableNumber(wanted)
            guard let number = unsafe JSONNumber.integer(text) else { throw misfit(at: place, wanted) }
            (isNegative, magnitude) = number
        }
        guard shape.holds(magnitude, isNegative: isNegative) else { throw misfit(at: place, wanted) }
        let bits = isNegative ? 0 &- magnitude : magnitude
        if magnitude == 0 && omitsDefault {
            return bits
        }
        switch shape {
        case .sint32, .sint64: output.append(varint: bits &<< 1 ^ UInt64(bitPattern: Int64(bitPattern: bits) &>> 63), tag: tag)
        case .fixed32, .sfixed32: output.append(fixed: UInt32(truncatingIfNeeded: bits), tag: tag)
        case .fixed64, .sfixed64: output.append(fixed: bits, tag: tag)
        default: output.append(varint: bits, tag: tag)
        }
        return bits
    }

    @inline(never)
    private mutating func misfit(at place: Int, _ wanted: String) -> JSONError {
        reader.rewind(to: place)
        let text = unsafe (try? String(decoding: reader.quotableNumber(wanted).prefix(40), as: UTF8.self)) ?? ""
        return reader.error("The number \(text) is not a whole one that fits.", at: place)
    }

    // MARK: Floating-point numbers

    private mutating func double(tag: UInt32, omitsDefault: Bool) throws(JSONError) {
        let value = try floating(Double.self)
        if value.bitPattern != 0 || !omitsDefault {
            output.append(fixed: value.bitPattern, tag: tag)
        }
    }

    private mutating func float(tag: UInt32, omitsDefault: Bool) throws(JSONError) {
        let value = try floating(Float.self)
        if value.bitPattern != 0 || !omitsDefault {
            output.append(fixed: value.bitPattern, tag: tag)
        }
    }

    @inline(__always)
    private mutating func floating<Value: BinaryFloatingPoint & LosslessStringConvertible>(
        _ type: Value.Type
    ) throws(JSONError) -> Value {
        _ = reader.peek()
        let place = reader.offset
        if let plain = reader.plainNumber(allowsFraction: true), let value = JSONNumber.floating(plain, as: type) {
            return value
        }
        reader.rewind(to: place)
        return try longFloating(type)
    }

    @inline(never)
    private mutating func longFloating<Value: BinaryFloatingPoint & LosslessStringConvertible>(
        _ type: Value.Type
    ) throws(JSONError) -> Value {
        let place = reader.offset
        if reader.peek() == UInt8(ascii: "\"") {
            let text = unsafe try String(decoding: reader.string(), as: UTF8.self)
            switch text {
            case "NaN": return Value.nan
            case "Infinity": return Value.infinity
            case "-Infinity": return -Value.infinity
            default: reader.rewind(to: place)
            }
        }
        let text = unsafe try reader.quotableNumber("a number")
        guard let value = unsafe JSONNumber.floating(text, as: type) else {
            throw reader.error("The number is too large for its field.", at: place)
        }
        return value
    }

    // MARK: Enums

    private mutating func enumeration(_ field: SchemaRow<JSONField>, tag: UInt32, omitsDefault: Bool) throws(JSONError) -> Bool {
        guard let type = field.enumeration else { return false }
        var number: Int32 = 0
        switch reader.peek() {
        case UInt8(ascii: "\""):
            let place = reader.offset
            let name = unsafe try reader.string()
            if let known = unsafe type.number(named: name) {
                number = known
            } else if options.ignoresUnknownFields {
                return false
            } else {
                throw unknownName(unsafe String(decoding: name, as: UTF8.self), of: type.descriptor, at: place)
            }
        case UInt8(ascii: "n") where type.isNullValue: try reader.null()
        default:
            _ = try integer(.enumeration, tag: tag, omitsDefault: omitsDefault, wanted: "the name or number of an enum value")
            return true
        }
        if number != 0 || !omitsDefault {
            output.append(varint: UInt64(bitPattern: Int64(number)), tag: tag)
        }
        return true
    }

    @inline(never)
    private func unknownName(_ name: String, of type: EnumDescriptor, at place: Int) -> JSONError {
        let nearest = NearestName.of(name, among: type.proto.value.compactMap(\.name))
        return reader.error("\(type.fullName) has no value \"\(name)\".", at: place, suggestion: nearest)
    }
}

extension JSONShape {
    /// Says whether a whole number is in the type's range.
    @inline(__always)
    fileprivate func holds(_ magnitude: UInt64, isNegative: Bool) -> Bool {
        switch self {
        case .int32, .sint32, .sfixed32, .enumeration: magnitude <= UInt64(Int32.max) &+ (isNegative ? 1 : 0)
        case .int64, .sint64, .sfixed64: magnitude <= Int64.max.magnitude &+ (isNegative ? 1 : 0)
        case .uint32, .fixed32: magnitude <= UInt32.max && (!isNegative || magnitude == 0)
        default: !isNegative || magnitude == 0
        }
    }
}
