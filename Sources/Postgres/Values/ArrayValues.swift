/// A type whose Swift arrays stand for one column or parameter: `[String]` for `text[]`, and `[UInt8]` for `bytea`.
public protocol PostgresElement: Sendable {
    static var arrayType: PostgresType { get }
    static func acceptsArray(_ type: PostgresType) -> Bool
    static func encode(_ elements: [Self], into bytes: inout [UInt8])
    static func decode(_ bytes: RawSpan, as type: PostgresType) -> [Self]?
}

extension Array: RowDecodable where Element: PostgresElement {}

extension Array: PostgresValue where Element: PostgresElement {
    public static var type: PostgresType { Element.arrayType }

    public static func accepts(_ type: PostgresType) -> Bool {
        Element.acceptsArray(type)
    }

    public func encode(into bytes: inout [UInt8]) {
        Element.encode(self, into: &bytes)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard let elements = Element.decode(bytes, as: type) else { return nil }
        self = elements
    }
}

extension PostgresElement where Self: PostgresValue {
    public static func acceptsArray(_ type: PostgresType) -> Bool {
        type == arrayType
    }

    /// The form of `array_send`: dimensions, a flag for NULLs, the element's type; then for each dimension its length and lower
    /// bound; then each element's length and bytes.
    public static func encode(_ elements: [Self], into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: type.rawValue)
        guard !elements.isEmpty else { return }
        bytes.append(bigEndian: Int32(clamping: elements.count))
        bytes.append(bigEndian: Int32(1))
        for element in elements {
            let lengthPosition = bytes.count
            bytes.append(bigEndian: Int32(0))
            element.encode(into: &bytes)
            let length = Int32(clamping: bytes.count - lengthPosition - 4)
            for offset in 0..<4 {
                bytes[lengthPosition + offset] = UInt8(truncatingIfNeeded: length >> (24 - 8 * Int32(offset)))
            }
        }
    }

    /// Nil for more than one dimension, for a NULL element, and for bytes that do not add up.
    public static func decode(_ bytes: RawSpan, as type: PostgresType) -> [Self]? {
        var position = 0
        guard let dimensions = bytes.int32(at: &position), let hasNulls = bytes.int32(at: &position),
            let elementType = bytes.int32(at: &position)
        else { return nil }
        if dimensions == 0 { return [] }
        guard dimensions == 1, hasNulls == 0, let count = bytes.int32(at: &position), count >= 0,
            bytes.int32(at: &position) != nil
        else { return nil }
        let element = PostgresType(rawValue: UInt32(bitPattern: elementType))
        var elements: [Self] = []
        // Every element takes four bytes at least, so a wrong count cannot reserve more than the column's own size.
        elements.reserveCapacity(min(Int(count), bytes.byteCount / 4))
        for _ in 0..<count {
            guard let length = bytes.int32(at: &position), length >= 0, Int(length) <= bytes.byteCount - position else { return nil }
            let end = position + Int(length)
            guard let value = Self(decoding: bytes.extracting(position..<end), as: element) else { return nil }
            elements.append(value)
            position = end
        }
        return position == bytes.byteCount ? elements : nil
    }
}

extension RawSpan {
    fileprivate func int32(at position: inout Int) -> Int32? {
        guard byteCount - position >= 4 else { return nil }
        defer { position += 4 }
        return Int32(bigEndian: extracting(position..<position + 4))
    }
}

extension Bool: PostgresElement {
    public static var arrayType: PostgresType { .boolArray }
}

extension Int16: PostgresElement {
    public static var arrayType: PostgresType { .int2Array }
}

extension Int32: PostgresElement {
    public static var arrayType: PostgresType { .int4Array }
}

extension Int64: PostgresElement {
    public static var arrayType: PostgresType { .int8Array }
}

extension Int: PostgresElement {
    public static var arrayType: PostgresType { .int8Array }
}

extension Double: PostgresElement {
    public static var arrayType: PostgresType { .float8Array }
}

extension Float: PostgresElement {
    public static var arrayType: PostgresType { .float4Array }
}

extension JSONB: PostgresElement {
    public static var arrayType: PostgresType { .jsonbArray }
}

extension String: PostgresElement {
    public static var arrayType: PostgresType { .textArray }

    public static func acceptsArray(_ type: PostgresType) -> Bool {
        type == .textArray || type == .varcharArray
    }
}

extension Timestamptz: PostgresElement {
    public static var arrayType: PostgresType { .timestamptzArray }
}

extension UInt8: PostgresElement {
    public static var arrayType: PostgresType { .bytea }

    public static func acceptsArray(_ type: PostgresType) -> Bool {
        type == .bytea
    }

    public static func encode(_ elements: [UInt8], into bytes: inout [UInt8]) {
        bytes.append(contentsOf: elements)
    }

    public static func decode(_ bytes: RawSpan, as type: PostgresType) -> [UInt8]? {
        unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
