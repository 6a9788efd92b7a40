internal import Net

/// DATA bytes to length-prefixed messages (gRPC over HTTP/2, Length-Prefixed-Message): one flag byte, four of length, the message.
/// Frame borders mean nothing. A length over the limit is refused from its prefix, before a byte of it is kept.
struct MessageReader {
    enum Failure: Error, Hashable {
        /// The flag byte was neither 0 nor 1.
        case flag(UInt8)
        /// The flag says compressed, but no `grpc-encoding` was announced.
        case compressed
        case tooLarge(bytes: Int, limit: Int)
        /// What is in the message is not what `grpc-encoding` announced.
        case malformed(Compression)
        /// The message was short enough, what is in it is not.
        case unpacksTooLarge(limit: Int)
        /// The stream ended inside a message.
        case truncated
    }

    private struct Received {
        var bytes: [UInt8]
        var isPacked: Bool
    }

    private let limit: Int
    /// What the peer announced; identity: messages are not packed.
    private let compression: Compression
    /// The bytes of a prefix that have come, most significant first, and how many.
    private var prefix: UInt64 = 0
    private var prefixCount = 0
    private var current: [UInt8] = []
    private var missing = 0
    private var isInMessage = false
    private var isPacked = false
    private var first: Received?
    private let rest = Queue<Received>()
    /// Complete messages that came so far, taken or not.
    private(set) var received = 0

    init(limit: Int, compression: Compression = .identity) {
        self.limit = limit
        self.compression = compression
    }

    /// A message was begun and is not complete.
    var isInMiddle: Bool { isInMessage || prefixCount > 0 }

    /// No complete message waits.
    var isEmpty: Bool { first == nil }

    /// The message of `bytes`, when they are one and nothing else, and no more than `limit`; otherwise nil, and a reader says what they are.
    static func whole(_ bytes: UnsafeRawBufferPointer, limit: Int) -> [UInt8]? {
        guard bytes.count >= prefixBytes, unsafe bytes[0] == 0 else { return nil }
        let length = unsafe Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        guard length == bytes.count - prefixBytes, length <= limit else { return nil }
        return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: bytes[prefixBytes...]))
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var position = 0
        while position < bytes.count {
            if !isInMessage {
                unsafe prefix = prefix << 8 | UInt64(bytes[position])
                prefixCount += 1
                position += 1
                guard prefixCount == MessageReader.prefixBytes else { continue }
                try begin()
            }
            let count = min(missing, bytes.count - position)
            if count > 0 {
                unsafe current.append(contentsOf: bytes[position..<position + count])
                position += count
                missing -= count
            }
            if missing == 0 { complete() }
        }
    }

    /// The peer has ended its side.
    func end() throws(Failure) {
        if isInMessage || prefixCount > 0 { throw .truncated }
    }

    /// The next complete message, and whether it was packed. It is unpacked now, one at a time: a peer that sends many short messages
    /// which unpack to long ones fills no memory with them.
    mutating func next() throws(Failure) -> (bytes: [UInt8], wasPacked: Bool)? {
        guard let message = first else { return nil }
        first = rest.popFirst()
        guard message.isPacked else { return (message.bytes, false) }
        do throws(Inflater.Failure) {
            return (try Inflater(compression: compression, limit: limit).unpack(message.bytes), true)
        } catch {
            switch error {
            case .malformed: throw .malformed(compression)
            case .tooLarge(let limit): throw .unpacksTooLarge(limit: limit)
            }
        }
    }

    private mutating func begin() throws(Failure) {
        let flag = UInt8(truncatingIfNeeded: prefix >> 32)
        guard flag <= 1 else { throw .flag(flag) }
        guard flag == 0 || compression != .identity else { throw .compressed }
        isPacked = flag == 1
        let length = Int(UInt32(truncatingIfNeeded: prefix))
        guard length <= limit else { throw .tooLarge(bytes: length, limit: limit) }
        (prefix, prefixCount) = (0, 0)
        missing = length
        isInMessage = true
        // A peer that announces much and sends little must not make us reserve much.
        current.reserveCapacity(min(length, 64 * 1024))
    }

    private mutating func complete() {
        isInMessage = false
        received += 1
        let message = Received(bytes: current, isPacked: isPacked)
        if first == nil { first = message } else { rest.append(message) }
        current = []
    }

    static let prefixBytes = 5
}

extension MessageReader.Failure {
    var rpcError: RPCError {
        switch self {
        case .flag(let flag): RPCError(.internal, "a message began with the flag byte \(flag); only 0 and 1 are defined")
        case .compressed: RPCError(.internal, "a message is marked as compressed, but no grpc-encoding was named")
        case .tooLarge(let bytes, let limit):
            RPCError(.resourceExhausted, "the message has \(bytes) bytes; the limit for a received message is \(limit)")
        case .malformed(let compression): RPCError(.internal, "a message is marked as compressed, but is not \(compression)")
        case .unpacksTooLarge(let limit):
            RPCError(.resourceExhausted, "the message has more than \(limit) bytes when unpacked, the limit for a received message")
        case .truncated: RPCError(.internal, "the stream ended inside a message")
        }
    }
}
