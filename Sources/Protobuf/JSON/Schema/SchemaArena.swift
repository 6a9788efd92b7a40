/// Memory that is filled once, never changed, and freed as a whole. It holds plain values only.
@safe
struct SchemaArena: ~Copyable {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    deinit {
        for index in unsafe blocks.indices {
            unsafe blocks[index].deallocate()
        }
    }

    /// Room for `count` values, not yet initialized.
    mutating func room<Value: BitwiseCopyable>(for count: Int, _ type: Value.Type) -> UnsafeMutablePointer<Value> {
        let room = UnsafeMutablePointer<Value>.allocate(capacity: max(count, 1))
        unsafe blocks.append(UnsafeMutableRawPointer(room))
        return unsafe room
    }

    /// A copy of bytes with zeros behind it, so that whole words of it can be read.
    mutating func text(_ bytes: [UInt8]) -> SchemaText {
        let size = (bytes.count / 16 + 2) * 16
        let room = unsafe room(for: size, UInt8.self)
        unsafe room.initialize(repeating: 0, count: size)
        unsafe bytes.withUnsafeBufferPointer { source in
            if let start = source.baseAddress {
                unsafe room.update(from: start, count: source.count)
            }
        }
        return unsafe SchemaText(start: UnsafePointer(room), count: bytes.count)
    }
}

/// Bytes in a schema with at least 16 zeros behind them.
@safe
struct SchemaText: BitwiseCopyable {
    let start: UnsafePointer<UInt8>
    let count: Int
}

/// A value in a schema's tables, which the transcoder keeps alive.
@safe
@dynamicMemberLookup
struct SchemaRow<Content: BitwiseCopyable>: BitwiseCopyable, @unchecked Sendable {
    private let content: UnsafePointer<Content>

    init(_ content: UnsafePointer<Content>) {
        unsafe self.content = unsafe content
    }

    @inline(__always)
    subscript<Value>(dynamicMember member: KeyPath<Content, Value>) -> Value { unsafe content.pointee[keyPath: member] }
}
