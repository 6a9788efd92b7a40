/// How one proto type stands on the wire: what repeated fields and maps are generic over.
public protocol Wire {
    associatedtype Value: Hashable & Sendable

    /// 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes.
    static var wireType: UInt32 { get }

    /// Bytes of every value, 0 if they differ.
    static var fixedSize: Int { get }

    /// The type's default.
    static var initial: Value { get }

    /// Reads a value; a message merges into what is there, all else replaces it.
    static func merge(_ value: inout Value, from decoder: inout Decoder) throws(DecodeError)

    /// Writes a value without its tag.
    static func encode(_ value: Value, to encoder: inout Encoder)
}

/// A type that can be a map's key.
public protocol KeyWire: Wire where Value: MapKey {}

public enum Int32Wire: KeyWire {
    @inlinable public static var wireType: UInt32 { 0 }
    @inlinable public static var fixedSize: Int { 0 }
    @inlinable public static var initial: Int32 { 0 }
    public static func merge(_ value: inout Int32, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.int32() }
    public static func encode(_ value: Int32, to encoder: inout Encoder) { encoder.varint(UInt64(bitPattern: Int64(value))) }
}

public enum Int64Wire: KeyWire {
    @inlinable public static var wireType: UInt32 { 0 }
    @inlinable public static var fixedSize: Int { 0 }
    @inlinable public static var initial: Int64 { 0 }
    public static func merge(_ value: inout Int64, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.int64() }
    public static func encode(_ value: Int64, to encoder: inout Encoder) { encoder.varint(UInt64(bitPattern: value)) }
}

public enum UInt32Wire: KeyWire {
    @inlinable public static var wireType: UInt32 { 0 }
    @inlinable public static var fixedSize: Int { 0 }
    @inlinable public static var initial: UInt32 { 0 }
    public static func merge(_ value: inout UInt32, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.uint32() }
    public static func encode(_ value: UInt32, to encoder: inout Encoder) { encoder.varint(UInt64(value)) }
}

public enum UInt64Wire: KeyWire {
    @inlinable public static var wireType: UInt32 { 0 }
    @inlinable public static var fixedSize: Int { 0 }
    @inlinable public static var initial: UInt64 { 0 }
    public static func merge(_ value: inout UInt64, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.uint64() }
    public static func encode(_ value: UInt64, to encoder: inout Encoder) { encoder.varint(value) }
}

public enum SInt32Wire: KeyWire {
    @inlinable public static var wireType: UInt32 { 0 }
    @inlinable public static var fixedSize: Int { 0 }
    @inlinable public static var initial: Int32 { 0 }
    public static func merge(_ value: inout Int32, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.sint32() }
    public static func encode(_ value: Int32, to encoder: inout Encoder) {
        encoder.varint(UInt64(UInt32(bitPattern: value &<< 1 ^ value &>> 31)))
    }
}

public enum SInt64Wire: KeyWire {
    @inlinable public static var wireType: UInt32 { 0 }
    @inlinable public static var fixedSize: Int { 0 }
    @inlinable public static var initial: Int64 { 0 }
    public static func merge(_ value: inout Int64, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.sint64() }
    public static func encode(_ value: Int64, to encoder: inout Encoder) { encoder.varint(UInt64(bitPattern: value &<< 1 ^ value &>> 63)) }
}

public enum Fixed32Wire: KeyWire {
    @inlinable public static var wireType: UInt32 { 5 }
    @inlinable public static var fixedSize: Int { 4 }
    @inlinable public static var initial: UInt32 { 0 }
    public static func merge(_ value: inout UInt32, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.fixed32() }
    public static func encode(_ value: UInt32, to encoder: inout Encoder) { encoder.fixed(value) }
}

public enum Fixed64Wire: KeyWire {
    @inlinable public static var wireType: UInt32 { 1 }
    @inlinable public static var fixedSize: Int { 8 }
    @inlinable public static var initial: UInt64 { 0 }
    public static func merge(_ value: inout UInt64, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.fixed64() }
    public static func encode(_ value: UInt64, to encoder: inout Encoder) { encoder.fixed(value) }
}

public enum SFixed32Wire: KeyWire {
    @inlinable public static var wireType: UInt32 { 5 }
    @inlinable public static var fixedSize: Int { 4 }
    @inlinable public static var initial: Int32 { 0 }
    public static func merge(_ value: inout Int32, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.sfixed32() }
    public static func encode(_ value: Int32, to encoder: inout Encoder) { encoder.fixed(value) }
}

public enum SFixed64Wire: KeyWire {
    @inlinable public static var wireType: UInt32 { 1 }
    @inlinable public static var fixedSize: Int { 8 }
    @inlinable public static var initial: Int64 { 0 }
    public static func merge(_ value: inout Int64, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.sfixed64() }
    public static func encode(_ value: Int64, to encoder: inout Encoder) { encoder.fixed(value) }
}

public enum FloatWire: Wire {
    @inlinable public static var wireType: UInt32 { 5 }
    @inlinable public static var fixedSize: Int { 4 }
    @inlinable public static var initial: Float { 0 }
    public static func merge(_ value: inout Float, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.float() }
    public static func encode(_ value: Float, to encoder: inout Encoder) { encoder.fixed(value.bitPattern) }
}

public enum DoubleWire: Wire {
    @inlinable public static var wireType: UInt32 { 1 }
    @inlinable public static var fixedSize: Int { 8 }
    @inlinable public static var initial: Double { 0 }
    public static func merge(_ value: inout Double, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.double() }
    public static func encode(_ value: Double, to encoder: inout Encoder) { encoder.fixed(value.bitPattern) }
}

public enum BoolWire: KeyWire {
    @inlinable public static var wireType: UInt32 { 0 }
    @inlinable public static var fixedSize: Int { 0 }
    @inlinable public static var initial: Bool { false }
    public static func merge(_ value: inout Bool, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.bool() }
    public static func encode(_ value: Bool, to encoder: inout Encoder) { encoder.varint(value ? 1 : 0) }
}

public enum StringWire: KeyWire {
    @inlinable public static var wireType: UInt32 { 2 }
    @inlinable public static var fixedSize: Int { 0 }
    @inlinable public static var initial: String { "" }
    public static func merge(_ value: inout String, from decoder: inout Decoder) throws(DecodeError) { value = try decoder.string() }
    public static func encode(_ value: String, to encoder: inout Encoder) { encoder.text(value) }
}

public enum BytesWire: Wire {
    @inlinable public static var wireType: UInt32 { 2 }
    @inlinable public static var fixedSize: Int { 0 }
    @inlinable public static var initial: [UInt8] { [] }
    public static func merge(_ value: inout [UInt8], from decoder: inout Decoder) throws(DecodeError) { value = try decoder.bytes() }
    public static func encode(_ value: [UInt8], to encoder: inout Encoder) { encoder.block(value) }
}

public enum EnumWire<E: Enum>: Wire {
    @inlinable public static var wireType: UInt32 { 0 }
    @inlinable public static var fixedSize: Int { 0 }
    @inlinable public static var initial: E { E(rawValue: 0) }

    @inlinable
    public static func merge(_ value: inout E, from decoder: inout Decoder) throws(DecodeError) {
        value = E(rawValue: try decoder.int32())
    }

    @inlinable
    public static func encode(_ value: E, to encoder: inout Encoder) {
        Int32Wire.encode(value.rawValue, to: &encoder)
    }
}

public enum MessageWire<M: Message>: Wire {
    @inlinable public static var wireType: UInt32 { 2 }
    @inlinable public static var fixedSize: Int { 0 }
    @inlinable public static var initial: M { M() }

    @inlinable
    public static func merge(_ value: inout M, from decoder: inout Decoder) throws(DecodeError) {
        let outer = try decoder.enter()
        try value.merge(from: &decoder)
        decoder.leave(outer)
    }

    @inlinable
    public static func encode(_ value: M, to encoder: inout Encoder) {
        let end = encoder.mark
        value.encode(to: &encoder)
        encoder.length(since: end)
    }
}
