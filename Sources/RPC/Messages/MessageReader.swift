internal import HTTP2

/// DATA bytes to length-prefixed messages (gRPC over HTTP/2, Length-Prefixed-Message): one flag byte, four of length, the message.
/// Frame borders mean nothing. A length over the limit is refused from its prefix, before a byte of it is kept.
struct MessageReader {
    enum Failure: Error, Hashable {
        /// The flag byte was neither 0 nor 1.
        case flag(UInt8)
        /// The flag says compressed, but no `grpc-encoding` was announced.
        case compressed
        case tooLarge(bytes: Int, limit: Int)
        /// The stream ended inside a message.
        case truncated
    }

    private let limit: Int
    /// The bytes of a prefix that have come, most significant first, and how many.
    private var prefix: UInt64 = 0
    private var prefixCount = 0
    private var current: [UInt8] = []
    private var missing = 0
    private var isInMessage = false
    private var first: [UInt8]?
    private var rest = ChunkQueue()
    /// Complete messages that came so far, taken or not.
    private(set) var received = 0

    init(limit: Int) {
        self.limit = limit
    }

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

    mutating func next() -> [UInt8]? {
        guard let message = first else { return nil }
        first = rest.popFirst()
        return message
    }

    private mutating func begin() throws(Failure) {
        let flag = UInt8(truncatingIfNeeded: prefix >> 32)
        guard flag <= 1 else { throw .flag(flag) }
        guard flag == 0 else { throw .compressed }
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
        if first == nil { first = current } else { rest.append(current) }
        current = []
    }

    static let prefixBytes = 5
}

extension MessageReader.Failure {
    var rpcError: RPCError {
        switch self {
        case .flag(let flag): RPCError(.internal, "a message began with the flag byte \(flag); only 0 and 1 are defined")
        case .compressed: RPCError(.internal, "a message is marked as compressed, but the request named no grpc-encoding")
        case .tooLarge(let bytes, let limit):
            RPCError(.resourceExhausted, "the message has \(bytes) bytes; the limit for a received message is \(limit)")
        case .truncated: RPCError(.internal, "the stream ended inside a message")
        }
    }
}
