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
    private var prefix: [UInt8] = []
    private var current: [UInt8] = []
    private var missing = 0
    private var isInMessage = false
    private var first: [UInt8]?
    private var rest: [[UInt8]] = []
    /// Complete messages that came so far, taken or not.
    private(set) var received = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// No complete message waits.
    var isEmpty: Bool { first == nil }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var position = 0
        while position < bytes.count {
            if !isInMessage {
                let count = min(MessageReader.prefixBytes - prefix.count, bytes.count - position)
                unsafe prefix.append(contentsOf: bytes[position..<position + count])
                position += count
                guard prefix.count == MessageReader.prefixBytes else { return }
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
        if isInMessage || !prefix.isEmpty { throw .truncated }
    }

    mutating func next() -> [UInt8]? {
        guard let message = first else { return nil }
        first = rest.isEmpty ? nil : rest.removeFirst()
        return message
    }

    private mutating func begin() throws(Failure) {
        guard prefix[0] <= 1 else { throw .flag(prefix[0]) }
        guard prefix[0] == 0 else { throw .compressed }
        let length = Int(prefix[1]) << 24 | Int(prefix[2]) << 16 | Int(prefix[3]) << 8 | Int(prefix[4])
        guard length <= limit else { throw .tooLarge(bytes: length, limit: limit) }
        prefix.removeAll(keepingCapacity: true)
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
