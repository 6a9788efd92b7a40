internal import HTTP2
public import Net
internal import Protobuf
internal import Synchronization

/// The messages of one call, both ways, over one stream: the part that client and server share.
///
/// Its state is confined to `loop`; `next` and `send` may be called from anywhere and hop when they must.
public class Exchange: @unchecked Sendable {
    /// The loop that carries the call; a handler runs on it unless it moves itself.
    public let loop: EventLoop
    let limits: Limits
    /// The longest message that is taken.
    private let receivedMessageBytes: Int
    var stream: HTTPStream?
    /// A message that came in one piece when none was waiting: what most are. It goes before those in `reader`.
    private var whole: [UInt8]?
    /// For all others; made when one comes.
    @exclusivity(unchecked) private var reader: MessageReader?
    /// There is a reader.
    private var usesReader = false
    private var hasEnded = false
    private var failure: RPCError?
    private var unconsumed = 0
    /// The message that is on its way is longer than the window.
    private var claim = Claim.none
    private enum Claim { case none, admitted, waiting }
    private var reading: Waiter?
    /// The request of a method that takes one, from when it was received to when its handler takes it.
    private var only: [UInt8]?
    /// Whether `request` is to stay when a handler has taken it.
    package final var keepsRequest = false
    /// The one request of such a call, once its handler has it.
    package private(set) final var request: [UInt8]?
    /// What is sent as the one reply, whatever the handler returns: the bytes that were kept, for who calls again. Set by the handler's task.
    package final var settledReply: [UInt8]?
    private var writing: [Waiter] = []
    /// How the peer packs its messages, as its header section says.
    var unpacking = Compression.identity
    /// Whether the last message that was taken was packed. Handlers that run elsewhere ask, too.
    private let packed = Atomic(false)
    var lastWasPacked: Bool { packed.load(ordering: .relaxed) }
    /// Somebody waited for room, once at least.
    private var hasWaited = false

    /// - Parameter receivedMessageBytes: less than the limits say, for this call.
    init(loop: EventLoop, limits: Limits, receivedMessageBytes: Int? = nil) {
        self.loop = loop
        self.limits = limits
        self.receivedMessageBytes = min(receivedMessageBytes ?? limits.receivedMessageBytes, limits.receivedMessageBytes)
    }

    // MARK: From the stream (on the loop)

    func received(_ body: UnsafeRawBufferPointer) {
        guard failure == nil else { return consume(body.count) }
        unconsumed += body.count
        if !usesReader, whole == nil, let message = unsafe MessageReader.whole(body, limit: receivedMessageBytes) {
            whole = message
            return
        }
        if !usesReader {
            unsafe reader = MessageReader(limit: receivedMessageBytes, compression: unpacking)
            usesReader = true
        }
        do throws(MessageReader.Failure) {
            try unsafe reader?.append(body)
        } catch {
            return fail(error.rpcError)
        }
        guard stream?.hold(unsafe reader?.heldBytes ?? 0) ?? true else { return refuseBody() }
        if hasMessage { endClaim() } else { giveBackWindow() }
    }

    /// The server holds too much: what came of this call is given up.
    private func refuseBody() {
        dropReader()
        giveBackWindow()
        fail(RPCError(.resourceExhausted, "the server holds as much of its clients' messages as it may; try again later, or elsewhere"))
    }

    /// The message that waited for others to be taken may come.
    func messageAdmitted() {
        guard claim == .waiting else { return }
        claim = .admitted
        if !hasMessage { giveBackWindow() }
    }

    private var hasMessage: Bool { unsafe whole != nil || usesReader && reader?.isEmpty == false }

    func receivedEnd() {
        guard failure == nil else { return }
        if usesReader {
            do throws(MessageReader.Failure) { try unsafe reader?.end() } catch { return fail(error.rpcError) }
        }
        hasEnded = true
    }

    /// Wakes whoever waits for what has arrived.
    func deliver() {
        guard let waiter = reading, let result = take() else { return }
        reading = nil
        waiter.resume(result)
    }

    func drained() {
        for waiter in takeWriting() { waiter.resume() }
    }

    /// The call is over for this reason: everybody who waits is told, everybody who comes later, too. Messages that have come
    /// before it are still read first.
    func fail(_ error: RPCError) {
        guard failure == nil else { return }
        failure = error
        deliver()
        for waiter in takeWriting() { waiter.resume(.failure(error)) }
    }

    /// The stream is gone, after a good end perhaps: who still waits for it is told.
    func detach() {
        stream = nil
        if hasEnded, reading == nil, !hasWaited { return }
        let ended = failure ?? RPCError(.cancelled, "the call has ended")
        if !hasEnded { failure = ended }
        if let waiter = reading {
            reading = nil
            waiter.resume(take() ?? .failure(ended))
        }
        for waiter in takeWriting() { waiter.resume(.failure(ended)) }
    }

    /// Nobody is to read what has come: a cancelled handler that takes its time would keep it.
    func discardUnread() {
        whole = nil
        unsafe (usesReader, reader) = (false, nil)
    }

    private func takeWriting() -> [Waiter] {
        guard hasWaited else { return [] }
        defer { writing = [] }
        return writing
    }

    var failed: RPCError? { failure }

    /// The peer has to send more: a message was begun, or the only one of its side is missing. Not while others wait to be read.
    func isOwedMessage(takesOne: Bool) -> Bool {
        unsafe failure == nil && !hasEnded && !hasMessage && claim != .waiting && (takesOne || usesReader && reader?.isInMiddle == true)
    }

    // MARK: What client and server do differently

    /// Sends what must come before the first message: a server's header section.
    func willSendMessage(on stream: HTTPStream) throws(RPCError) {}

    /// How our messages are packed, where they are: what our header section announces.
    var packing: Compression { .identity }

    /// A message was taken that had come packed.
    func tookPacked() {}

    /// Whether a message is packed when its sender does not say: nil lets its length decide.
    var packsMessages: Bool? { nil }

    /// The application says that it will send no more: a client's to say.
    func finishSending() {}

    // MARK: Reading

    /// What `next` comes to without waiting.
    enum Ready {
        case message([UInt8])
        case end
        /// There is none yet, or this is not the loop.
        case notYet
    }

    /// The next message's bytes, if it is there: who asks this first has no need to suspend.
    func ready() throws(RPCError) -> Ready {
        guard loop.isCurrent, let taken = take() else { return .notYet }
        return try taken.get().map { .message($0) } ?? .end
    }

    /// The next message's bytes, or nil at the end.
    func next() async throws(RPCError) -> [UInt8]? {
        if loop.isCurrent, let ready = take() { return try ready.get() }
        let waiter = Waiter()
        return try await waiter.value(on: loop) {
            self.wait(waiter)
        } onCancel: {
            self.stopWaiting(waiter)
        }
    }

    /// True when the request of a method that takes one is there, and nothing behind it: how most calls begin.
    func takeOnly() -> Bool {
        guard loop.isCurrent, hasEnded, !usesReader, whole != nil, failure == nil else { return false }
        // Its window is not given back: nothing more can come on this stream.
        swap(&only, &whole)
        return true
    }

    func takeReceivedOnly() -> [UInt8] {
        defer { only = nil }
        if keepsRequest { request = only }
        return only ?? []
    }

    func waitForOnly() async throws(RPCError) {
        only = try await receiveOnly()
    }

    /// The only message of a peer that must send exactly one (0 or several are UNIMPLEMENTED: grpc/doc/statuscodes.md).
    func receiveOnly() async throws(RPCError) -> [UInt8] {
        guard let message = try await next() else {
            throw RPCError(.unimplemented, "the call ended without a message; its method takes exactly one")
        }
        guard try await next() == nil else {
            throw RPCError(.unimplemented, "the call has more than one message; its method takes exactly one")
        }
        return message
    }

    private func wait(_ waiter: Waiter) {
        if let ready = take() { return waiter.resume(ready) }
        precondition(reading == nil, "two tasks read the same stream of messages at once")
        reading = waiter
    }

    private func stopWaiting(_ waiter: Waiter) {
        if reading === waiter { reading = nil }
        waiter.resume(.failure(RPCError(.cancelled, "the task that waited for a message was cancelled")))
    }

    func take() -> Result<[UInt8]?, RPCError>? {
        do throws(MessageReader.Failure) {
            if let message = try nextMessage() {
                if usesReader { tookFromReader() }
                if !hasMessage { giveBackWindow() }
                return .success(message)
            }
        } catch {
            // Nobody may read what comes behind it.
            dropReader()
            failure = error.rpcError
        }
        if let failure { return .failure(failure) }
        return hasEnded ? .success(nil) : nil
    }

    private func nextMessage() throws(MessageReader.Failure) -> [UInt8]? {
        if let message = whole {
            whole = nil
            packed.store(false, ordering: .relaxed)
            return message
        }
        guard usesReader, let message = try unsafe reader?.next() else { return nil }
        packed.store(message.wasPacked, ordering: .relaxed)
        if message.wasPacked { tookPacked() }
        return message.bytes
    }

    private func tookFromReader() {
        _ = stream?.hold(unsafe reader?.heldBytes ?? 0)
    }

    private func dropReader() {
        unsafe (usesReader, reader) = (false, nil)
        endClaim()
        _ = stream?.hold(0)
    }

    private func endClaim() {
        guard claim != .none else { return }
        claim = .none
        stream?.endClaim()
    }

    /// No message waits to be taken: the window of those that were goes back, and that of one which does not fit into it, once that is admitted.
    private func giveBackWindow() {
        guard usesReader, let begun = unsafe reader?.begun, begun.missing > 0, begun.bytes >= MessageReader.prefixBytes, let stream else {
            consume(unconsumed)
            unconsumed = 0
            return
        }
        let taken = unconsumed - begun.bytes
        if taken > 0 {
            consume(taken)
            unconsumed -= taken
        }
        guard begun.missing > stream.receiveWindow else { return }
        if claim == .none { claim = stream.claim(begun.bytes + begun.missing - MessageReader.prefixBytes) ? .admitted : .waiting }
        guard claim == .admitted else { return }
        consume(unconsumed)
        unconsumed = 0
    }

    private func consume(_ count: Int) {
        if count > 0 { stream?.consume(count) }
    }

    // MARK: Writing

    /// Sends a message that has its prefix already, and waits while too much is unsent.
    func send(_ framed: [UInt8]) async throws(RPCError) {
        if try sendAtOnce(framed) { return }
        try await waitForRoom(after: framed)
    }

    /// On the loop a message is on its way at once. False when its sender has to call `waitForRoom(after:)` then.
    func sendAtOnce(_ framed: [UInt8]) throws(RPCError) -> Bool {
        guard loop.isCurrent else { return false }
        return try write(framed)
    }

    /// Goes on where `sendAtOnce` could not.
    func waitForRoom(after framed: [UInt8]) async throws(RPCError) {
        let isWritten = loop.isCurrent
        let waiter = Waiter()
        _ = try await waiter.value(on: loop) {
            self.waitForRoom(waiter, after: isWritten ? nil : framed)
        } onCancel: {
            self.writing.removeAll { $0 === waiter }
            waiter.resume(.failure(RPCError(.cancelled, "the task that waited for the peer was cancelled")))
        }
    }

    /// The one reply of a call that has one. On the loop only.
    func sendLast(_ message: some Message) throws(RPCError) {
        let framed = if let settledReply { try frame(bytes: settledReply) } else { try frame(message) }
        if loop.isCurrent {
            _ = try write(framed)
        } else {
            // Ordered before the status, which takes the same way.
            loop.execute { _ = try? self.write(framed) }
        }
    }

    private func waitForRoom(_ waiter: Waiter, after framed: [UInt8]?) {
        do throws(RPCError) {
            if let framed, try write(framed) { return waiter.resume() }
            if let failure { throw failure }
            hasWaited = true
            writing.append(waiter)
        } catch {
            waiter.resume(.failure(error))
        }
    }

    /// True when there is room for more.
    func write(_ framed: [UInt8]) throws(RPCError) -> Bool {
        if let failure { throw failure }
        guard let stream, stream.isOpen else { throw RPCError(.cancelled, "the call has ended") }
        try willSendMessage(on: stream)
        stream.write(framed)
        return stream.bufferedBytes <= limits.unsentBytes
    }

    /// With its prefix, and packed if that is to be.
    func frame(_ message: some Message, packed: Bool? = nil) throws(RPCError) -> [UInt8] {
        // In one order whatever the maps' own: a reply that is kept and sent again is the same byte for byte. Only maps pay for it.
        try frame(message.encoded(reserving: MessageReader.prefixBytes, deterministic: true), packed)
    }

    /// The same of a message that is bytes already.
    func frame(bytes: [UInt8], packed: Bool? = nil) throws(RPCError) -> [UInt8] {
        var framed: [UInt8] = []
        framed.reserveCapacity(MessageReader.prefixBytes + bytes.count)
        framed.append(contentsOf: repeatElement(0, count: MessageReader.prefixBytes))
        framed.append(contentsOf: bytes)
        return try frame(framed, packed)
    }

    /// `message` begins with the room for its prefix.
    private func frame(_ message: consuming [UInt8], _ packed: Bool?) throws(RPCError) -> [UInt8] {
        var bytes = message
        try Exchange.fillPrefix(of: &bytes, limit: limits.sentMessageBytes)
        let packing = packing
        if packing != .identity { try pack(&bytes, packing, packed ?? packsMessages) }
        return bytes
    }

    /// `packed` nil: when it is long enough, and gets shorter.
    private func pack(_ bytes: inout [UInt8], _ packing: Compression, _ packed: Bool?) throws(RPCError) {
        let isLong = bytes.count >= Limits.packedMessageBytes
        guard packed ?? isLong else { return }
        let result = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Deflater(packing).pack(
                UnsafeRawBufferPointer(rebasing: bytes[MessageReader.prefixBytes...]), reserving: MessageReader.prefixBytes)
        }
        guard var result else { throw RPCError(.resourceExhausted, "there is no memory to pack a message") }
        guard packed == true || result.count < bytes.count else { return }
        result[0] = 1
        try Exchange.fillPrefix(of: &result, limit: .max)
        bytes = result
    }

    /// Writes the length into the four bytes that were left for it behind the flag.
    static func fillPrefix(of bytes: inout [UInt8], limit: Int) throws(RPCError) {
        let length = bytes.count - MessageReader.prefixBytes
        guard length <= limit else {
            throw RPCError(.resourceExhausted, "the message has \(length) bytes; the limit for a sent message is \(limit)")
        }
        bytes[1] = UInt8(truncatingIfNeeded: length >> 24)
        bytes[2] = UInt8(truncatingIfNeeded: length >> 16)
        bytes[3] = UInt8(truncatingIfNeeded: length >> 8)
        bytes[4] = UInt8(truncatingIfNeeded: length)
    }
}
