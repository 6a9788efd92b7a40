/// Scalars and enums.
extension JSONEncoder {
    mutating func scalar(_ field: SchemaRow<JSONField>) throws(JSONError) {
        do throws(DecodeError) {
            switch field.shape {
            case .string:
                let text = unsafe try decoder.block()
                if unsafe !output.appendQuoted(text) {
                    throw decoder.error(.invalidUTF8)
                }
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
            case .double: output.appendNumber(try decoder.double())
            case .float: output.appendNumber(try decoder.float())
            case .bool: output.append(try decoder.bool() ? "true" : "false")
            case .enumeration: enumeration(try decoder.int32(), field)
            case .bytes, .message:
                let bytes = unsafe try decoder.block()
                output.append(UInt8(ascii: "\""))
                unsafe Base64.encode(UnsafeRawBufferPointer(bytes), to: &output)
                output.append(UInt8(ascii: "\""))
            }
        } catch {
            throw JSONError(error)
        }
    }

    @inline(__always)
    private mutating func quoted(_ value: Int64) {
        output.append(UInt8(ascii: "\""))
        output.appendDecimal(value)
        output.append(UInt8(ascii: "\""))
    }

    @inline(__always)
    private mutating func quoted(_ value: UInt64) {
        output.append(UInt8(ascii: "\""))
        output.appendDecimal(value)
        output.append(UInt8(ascii: "\""))
    }

    mutating func enumeration(_ number: Int32, _ field: SchemaRow<JSONField>) {
        if let type = field.enumeration, type.isNullValue {
            output.append("null")
        } else if !options.writesEnumsAsNumbers, let name = field.enumeration?.quotedName(of: number) {
            output.append(name)
        } else {
            output.appendDecimal(Int64(number))
        }
    }
}
