/// An open protobuf enum: any 32-bit number is a value, the declared ones have names.
public protocol Enum: RawRepresentable, Sendable, Hashable where RawValue == Int32 {
    init(rawValue: Int32)
}

extension Enum {
    /// The value numbered 0, which is every proto3 enum's default.
    @inlinable
    public init() {
        self.init(rawValue: 0)
    }
}
