/// A type that protobuf allows as a map's key: whole numbers, `Bool` and `String`.
public protocol MapKey: Hashable, Sendable {
    /// True if both are the same key on the wire.
    static func areSame(_ first: Self, _ second: Self) -> Bool

    /// Feeds `hasher` what `areSame` looks at.
    func hashKey(into hasher: inout Hasher)

    /// The order of keys in deterministic output: numbers by size, false before true, strings by their UTF-8 bytes.
    static func precedes(_ first: Self, _ second: Self) -> Bool
}

extension MapKey {
    @inlinable
    public static func areSame(_ first: Self, _ second: Self) -> Bool { first == second }

    @inlinable
    public func hashKey(into hasher: inout Hasher) { hash(into: &hasher) }
}

extension MapKey where Self: Comparable {
    @inlinable
    public static func precedes(_ first: Self, _ second: Self) -> Bool { first < second }
}

extension Int32: MapKey {}
extension Int64: MapKey {}
extension UInt32: MapKey {}
extension UInt64: MapKey {}

extension Bool: MapKey {
    @inlinable
    public static func precedes(_ first: Bool, _ second: Bool) -> Bool { !first && second }
}

/// Swift's `==` takes two strings for one that spell a character differently ("é" as one scalar or as two); the wire does not.
extension String: MapKey {
    @inlinable
    public static func areSame(_ first: String, _ second: String) -> Bool {
        first.utf8.count == second.utf8.count && haveSameBytes(first, second)
    }

    public func hashKey(into hasher: inout Hasher) {
        unsafe utf8Span.span.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }

    public static func precedes(_ first: String, _ second: String) -> Bool {
        unsafe first.utf8Span.span.withUnsafeBufferPointer { first in
            unsafe second.utf8Span.span.withUnsafeBufferPointer { unsafe first.precedes($0) }
        }
    }

    @usableFromInline
    static func haveSameBytes(_ first: String, _ second: String) -> Bool {
        // Equal bytes are always `==`, which is the cheaper question.
        first == second && first.utf8.elementsEqual(second.utf8)
    }
}
