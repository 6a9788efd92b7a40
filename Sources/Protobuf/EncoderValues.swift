/// Single fields, each with its whole tag (`number << 3 | wire type`).
///
/// The plain form is for fields without presence and leaves the default out; `optional:` writes whatever is there.
///
/// What is generic here and in the other files of `Encoder` and `Decoder` is specialised in the module that uses it, but never inlined:
/// the optimizer spends four times as long on a message whose nested messages it has pulled into it, for nothing.
extension Encoder {
    public mutating func int32(_ value: Int32, _ tag: UInt32) {
        if value != 0 {
            int32(optional: value, tag)
        }
    }

    public mutating func int32(optional value: Int32?, _ tag: UInt32) {
        if let value {
            field(tag, UInt64(bitPattern: Int64(value)))
        }
    }

    public mutating func int64(_ value: Int64, _ tag: UInt32) {
        if value != 0 {
            int64(optional: value, tag)
        }
    }

    public mutating func int64(optional value: Int64?, _ tag: UInt32) {
        if let value {
            field(tag, UInt64(bitPattern: value))
        }
    }

    public mutating func uint32(_ value: UInt32, _ tag: UInt32) {
        if value != 0 {
            uint32(optional: value, tag)
        }
    }

    public mutating func uint32(optional value: UInt32?, _ tag: UInt32) {
        if let value {
            field(tag, UInt64(value))
        }
    }

    public mutating func uint64(_ value: UInt64, _ tag: UInt32) {
        if value != 0 {
            uint64(optional: value, tag)
        }
    }

    public mutating func uint64(optional value: UInt64?, _ tag: UInt32) {
        if let value {
            field(tag, value)
        }
    }

    public mutating func sint32(_ value: Int32, _ tag: UInt32) {
        if value != 0 {
            sint32(optional: value, tag)
        }
    }

    public mutating func sint32(optional value: Int32?, _ tag: UInt32) {
        if let value {
            field(tag, UInt64(UInt32(bitPattern: value &<< 1 ^ value &>> 31)))
        }
    }

    public mutating func sint64(_ value: Int64, _ tag: UInt32) {
        if value != 0 {
            sint64(optional: value, tag)
        }
    }

    public mutating func sint64(optional value: Int64?, _ tag: UInt32) {
        if let value {
            field(tag, UInt64(bitPattern: value &<< 1 ^ value &>> 63))
        }
    }

    public mutating func fixed32(_ value: UInt32, _ tag: UInt32) {
        if value != 0 {
            fixed32(optional: value, tag)
        }
    }

    public mutating func fixed32(optional value: UInt32?, _ tag: UInt32) {
        if let value {
            field(tag, fixed: value)
        }
    }

    public mutating func fixed64(_ value: UInt64, _ tag: UInt32) {
        if value != 0 {
            fixed64(optional: value, tag)
        }
    }

    public mutating func fixed64(optional value: UInt64?, _ tag: UInt32) {
        if let value {
            field(tag, fixed: value)
        }
    }

    public mutating func sfixed32(_ value: Int32, _ tag: UInt32) {
        if value != 0 {
            sfixed32(optional: value, tag)
        }
    }

    public mutating func sfixed32(optional value: Int32?, _ tag: UInt32) {
        if let value {
            field(tag, fixed: value)
        }
    }

    public mutating func sfixed64(_ value: Int64, _ tag: UInt32) {
        if value != 0 {
            sfixed64(optional: value, tag)
        }
    }

    public mutating func sfixed64(optional value: Int64?, _ tag: UInt32) {
        if let value {
            field(tag, fixed: value)
        }
    }

    public mutating func float(_ value: Float, _ tag: UInt32) {
        if value.bitPattern != 0 {
            float(optional: value, tag)
        }
    }

    public mutating func float(optional value: Float?, _ tag: UInt32) {
        if let value {
            field(tag, fixed: value.bitPattern)
        }
    }

    public mutating func double(_ value: Double, _ tag: UInt32) {
        if value.bitPattern != 0 {
            double(optional: value, tag)
        }
    }

    public mutating func double(optional value: Double?, _ tag: UInt32) {
        if let value {
            field(tag, fixed: value.bitPattern)
        }
    }

    public mutating func bool(_ value: Bool, _ tag: UInt32) {
        if value {
            bool(optional: value, tag)
        }
    }

    public mutating func bool(optional value: Bool?, _ tag: UInt32) {
        if let value {
            field(tag, value ? 1 : 0)
        }
    }

    public mutating func string(_ value: String, _ tag: UInt32) {
        if !value.isEmpty {
            string(optional: value, tag)
        }
    }

    public mutating func string(optional value: String?, _ tag: UInt32) {
        if let value {
            field(tag, value)
        }
    }

    public mutating func bytes(_ value: [UInt8], _ tag: UInt32) {
        if !value.isEmpty {
            bytes(optional: value, tag)
        }
    }

    public mutating func bytes(optional value: [UInt8]?, _ tag: UInt32) {
        if let value {
            unsafe value.withUnsafeBytes { unsafe field(tag, $0) }
        }
    }

    @inlinable @inline(never)
    public mutating func message<M: Message>(_ value: M?, _ tag: UInt32) {
        if let value {
            MessageWire<M>.encode(value, to: &self)
            self.tag(tag)
        }
    }

    @inlinable @inline(__always)
    public mutating func unknown(_ fields: UnknownFields) {
        if let bytes = fields.storage {
            raw(bytes)
        }
    }

    @usableFromInline
    mutating func raw(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe raw($0) }
    }
}
