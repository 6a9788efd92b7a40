/// A Swift type that stands for one column or one parameter, in PostgreSQL's binary format.
///
/// An enumeration with such a raw value needs no more than the conformance: `enum Status: String, PostgresValue { … }`.
public protocol PostgresValue: RowDecodable, Sendable {
    /// What a parameter of this type is declared as.
    static var type: PostgresType { get }

    /// Whether a column of `type` can be read without loss. By default only `Self.type`.
    static func accepts(_ type: PostgresType) -> Bool

    /// Appends the binary form.
    func encode(into bytes: inout [UInt8])

    /// Reads the binary form of a column of a type that `accepts` allowed; nil when the bytes are no such value.
    init?(decoding bytes: RawSpan, as type: PostgresType)
}

extension PostgresValue {
    public static func accepts(_ type: PostgresType) -> Bool {
        type == Self.type
    }

    /// A row of one column is its value.
    public init(row: Row) throws(PostgresError) {
        self = try row.onlyColumn()
    }
}

extension Optional: RowDecodable where Wrapped: PostgresValue {
    /// A row of one column is its value, or nil for NULL.
    public init(row: Row) throws(PostgresError) {
        self = try row.onlyColumn()
    }
}

extension RawRepresentable where Self: PostgresValue, RawValue: PostgresValue {
    @inlinable public static var type: PostgresType { RawValue.type }

    public static func accepts(_ type: PostgresType) -> Bool {
        RawValue.accepts(type)
    }

    @inlinable public func encode(into bytes: inout [UInt8]) {
        rawValue.encode(into: &bytes)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard let rawValue = RawValue(decoding: bytes, as: type) else { return nil }
        self.init(rawValue: rawValue)
    }
}
