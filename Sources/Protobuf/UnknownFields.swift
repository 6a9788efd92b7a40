/// The fields of a message that its schema does not know, in the order they arrived, tags included.
///
/// One word when there are none, which is nearly always. They are written back after the known fields and never appear in JSON.
public struct UnknownFields: Sendable, Hashable {
    @usableFromInline
    var storage: [UInt8]?

    @inlinable
    public init() {
        storage = nil
    }

    /// Takes fields that are already in the binary format. The bytes are written as they are.
    public init(bytes: [UInt8]) {
        storage = bytes.isEmpty ? nil : bytes
    }

    @inlinable
    public var isEmpty: Bool { storage == nil }

    /// The fields in the binary format.
    public var bytes: [UInt8] { storage ?? [] }

    mutating func append(_ field: UnsafeRawBufferPointer) {
        if storage == nil {
            storage = unsafe [UInt8](field)
        } else {
            unsafe storage?.append(contentsOf: field)
        }
    }
}
