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

    private let limit: Int
    /// What the peer announced; identity: messages are not packed.
    private let compression: Compression
    /// The bytes of a prefix that have come, most significant first, and how many.
    private var prefix: UInt64 = 0
    private var prefixCount = 0
    /// The message that is first in line, complete or not.
    private var current: [UInt8] = []
    private var missing = 0
    private var isInMessage = false
    private var isComplete = false
    private var isPacked = false
    /// What came behind it, as it came, and how much of that was looked at: messages of a few bytes, each in an array of its own, would
    /// take ten times the memory that flow control counts.
    private var behind: [UInt8] = []
    private var behindOffset = 0
    /// Why what is behind the message that was taken last cannot be read.
    private var failure: Failure?

    init(limit: Int, compression: Compression = .identity) {
        self.limit = limit
        self.compression = compression
    }

    /// A message was begun and is not complete. Not while a complete one waits before it.
    var isInMiddle: Bool { isInMessage || prefixCount > 0 }

    /// No complete message waits.
    var isEmpty: Bool { !isComplete && failure == nil }

    /// The memory of what waits here.
    var heldBytes: Int {
        (current.capacity > 0 ? current.capacity + Limits.arrayBytes : 0) + (behind.capacity > 0 ? behind.capacity + Limits.arrayBytes : 0)
    }

    /// What has come of the message that is not complete, its prefix included, and what is still to come: of the prefix only, until it is there.
    var begun: (bytes: Int, missing: Int) {
        if isInMessage { return (MessageReader.prefixBytes + current.count, missing) }
        return (prefixCount, isComplete || prefixCount == 0 ? 0 : MessageReader.prefixBytes - prefixCount)
    }

    /// The message of `bytes`, when they are one and nothing else, and no more than `limit`; otherwise nil, and a reader says what they are.
    static func whole(_ bytes: UnsafeRawBufferPointer, limit: Int) -> [UInt8]? {
        guard bytes.count >= prefixBytes, unsafe bytes[0] == 0 else { return nil }
        let length = unsafe Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        guard length == bytes.count - prefixBytes, length <= limit else { return nil }
        return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: bytes[prefixBytes...]))
    }

    /// Throws when the message that is first in line is none; of those behind it `next` tells.
    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var position = 0
        try unsafe collect(bytes, from: &position)
        if position < bytes.count { unsafe behind.append(contentsOf: bytes[position...]) }
    }

    /// The peer has ended its side.
    func end() throws(Failure) {
        if isInMiddle { throw .truncated }
        var position = behindOffset
        while behind.count - position >= MessageReader.prefixBytes {
            let length = behind[position + 1..<position + MessageReader.prefixBytes].reduce(0) { $0 << 8 | Int($1) }
            position += MessageReader.prefixBytes + length
        }
        if failure == nil, position != behind.count { throw .truncated }
    }

    /// The next complete message, and whether it was packed. It is unpacked now, one at a time: a peer that sends many short messages
    /// which unpack to long ones fills no memory with them.
    mutating func next() throws(Failure) -> (bytes: [UInt8], wasPacked: Bool)? {
        guard isComplete else {
            if let failure { throw failure }
            return nil
        }
        var message: [UInt8] = []
        swap(&message, &current)
        let wasPacked = isPacked
        isComplete = false
        if behindOffset < behind.count { collectBehind() }
        guard wasPacked else { return (message, false) }
        do throws(Inflater.Failure) {
            return (try Inflater(compression: compression, limit: limit).unpack(message), true)
        } catch {
            switch error {
            case .malformed: throw .malformed(compression)
            case .tooLarge(let limit): throw .unpacksTooLarge(limit: limit)
            }
        }
    }

    /// Takes the next message from what came behind the last one.
    private mutating func collectBehind() {
        var bytes: [UInt8] = []
        swap(&bytes, &behind)
        var position = behindOffset
        failure = unsafe bytes.withUnsafeBytes { bytes in
            do throws(Failure) {
                try unsafe collect(bytes, from: &position)
                return nil
            } catch {
                return error
            }
        }
        guard failure == nil else { return }
        behindOffset = position
        if behindOffset < bytes.count { return swap(&bytes, &behind) }
        behindOffset = 0
        guard bytes.capacity <= Limits.keptReaderBytes else { return }
        bytes.removeAll(keepingCapacity: true)
        swap(&bytes, &behind)
    }

    /// Up to the end of the message that is first in line.
    private mutating func collect(_ bytes: UnsafeRawBufferPointer, from position: inout Int) throws(Failure) {
        while !isComplete, failure == nil, position < bytes.count {
            if !isInMessage {
                if prefixCount == 0, bytes.count - position >= MessageReader.prefixBytes {
                    let length = unsafe UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position + 1, as: UInt32.self))
                    prefix = unsafe UInt64(bytes[position]) << 32 | UInt64(length)
                    prefixCount = MessageReader.prefixBytes
                    position += MessageReader.prefixBytes
                } else {
                    unsafe prefix = prefix << 8 | UInt64(bytes[position])
                    prefixCount += 1
                    position += 1
                    guard prefixCount == MessageReader.prefixBytes else { continue }
                }
                try begin(atHand: bytes.count - position)
            }
            let count = min(missing, bytes.count - position)
            if count > 0 {
                let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
                if current.isEmpty, count == missing {
                    unsafe current = [UInt8](piece)
                } else {
                    reserve(count)
                    unsafe current.append(contentsOf: piece)
                }
                position += count
                missing -= count
            }
            if missing == 0 {
                isInMessage = false
                isComplete = true
            }
        }
    }

    private mutating func begin(atHand: Int) throws(Failure) {
        let flag = UInt8(truncatingIfNeeded: prefix >> 32)
        guard flag <= 1 else { throw .flag(flag) }
        guard flag == 0 || compression != .identity else { throw .compressed }
        let length = Int(UInt32(truncatingIfNeeded: prefix))
        guard length <= limit else { throw .tooLarge(bytes: length, limit: limit) }
        isPacked = flag == 1
        (prefix, prefixCount) = (0, 0)
        missing = length
        isInMessage = true
    }

    /// Room for `count` bytes more: twice what there is, but never more than the message has. A peer that announces much and sends little
    /// makes us reserve little.
    private mutating func reserve(_ count: Int) {
        let needed = current.count + count
        guard needed > current.capacity else { return }
        current.reserveCapacity(min(current.count + missing, max(needed, 2 * current.capacity)))
    }

    static let prefixBytes = 5
}

extension MessageReader.Failure {
    var rpcError: RPCError {
        switch self {
        case .flag(let flag): RPCError(.internal, "a message began with the flag byte \(flag); only 0 and 1 are defined", .malformed)
        case .compressed: RPCError(.internal, "a message is marked as compressed, but no grpc-encoding was named", .malformed)
        case .tooLarge(let bytes, let limit):
            RPCError(.resourceExhausted, "the message has \(bytes) bytes; the limit for a received message is \(limit)", .messageTooLarge)
        case .malformed(let compression): RPCError(.internal, "a message is marked as compressed, but is not \(compression)", .malformed)
        case .unpacksTooLarge(let limit):
            RPCError(
                .resourceExhausted, "the message has more than \(limit) bytes when unpacked, the limit for a received message",
                .messageTooLarge)
        case .truncated: RPCError(.internal, "the stream ended inside a message", .malformed)
        }
    }
}
