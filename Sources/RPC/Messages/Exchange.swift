internal import HTTP2
internal import Net
internal import Protobuf

/// The messages of one call, both ways, over one stream: the part that client and server share.
///
/// Its state is confined to `loop`; `next` and `send` may be called from anywhere and hop when they must.
class Exchange: @unchecked Sendable {
    let loop: EventLoop
    let limits: Limits
    var stream: HTTPStream?
    private var reader: MessageReader
    private var hasEnded = false
    private var failure: RPCError?
    private var unconsumed = 0
    private var reading: Waiter<[UInt8]?>?
    private var writing: [Waiter<Void>] = []

    init(loop: EventLoop, limits: Limits) {
        self.loop = loop
        self.limits = limits
        reader = MessageReader(limit: limits.receivedMessageBytes)
    }

    // MARK: From the stream (on the loop)

    func received(_ body: UnsafeRawBufferPointer) {
        guard failure == nil else { return consume(body.count) }
        do throws(MessageReader.Failure) {
            try unsafe reader.append(body)
        } catch {
            return fail(error.rpcError)
        }
        unconsumed += body.count
        // Bytes of the message that somebody waits for must not run out of window.
        if reader.isEmpty { giveBackWindow() }
    }

    func receivedEnd() {
        guard failure == nil else { return }
        do throws(MessageReader.Failure) { try reader.end() } catch { return fail(error.rpcError) }
        hasEnded = true
    }

    /// Wakes whoever waits for what has arrived.
    func deliver() {
        guard let waiter = reading, let result = take() else { return }
        reading = nil
        waiter.resume(result)
    }

    func drained() {
        let waiters = writing
        writing.removeAll()
        for waiter in waiters { waiter.resume(.success(())) }
    }

    /// The call is over for this reason: everybody who waits is told, everybody who comes later, too. Messages that have come
    /// before it are still read first.
    func fail(_ error: RPCError) {
        guard failure == nil else { return }
        failure = error
        deliver()
        let waiters = writing
        writing.removeAll()
        for waiter in waiters { waiter.resume(.failure(error)) }
    }

    /// The stream is gone, after a good end perhaps: who still waits for it is told.
    func detach() {
        stream = nil
        let ended = failure ?? RPCError(.cancelled, "the call has ended")
        if !hasEnded { failure = ended }
        if let waiter = reading {
            reading = nil
            waiter.resume(take() ?? .failure(ended))
        }
        let waiters = writing
        writing.removeAll()
        for waiter in waiters { waiter.resume(.failure(ended)) }
    }

    var failed: RPCError? { failure }

    // MARK: What client and server do differently

    /// Sends what must come before the first message: a server's header section.
    func willSendMessage() throws(RPCError) {}

    /// The application says that it will send no more: a client's to say.
    func finishSending() {}

    // MARK: Reading

    /// The next message's bytes, or nil at the end.
    func next() async throws(RPCError) -> [UInt8]? {
        if loop.isCurrent, let ready = take() { return try ready.get() }
        let waiter = Waiter<[UInt8]?>()
        return try await waiter.value(on: loop) {
            self.wait(waiter)
        } onCancel: {
            self.stopWaiting(waiter)
        }
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

    private func wait(_ waiter: Waiter<[UInt8]?>) {
        if let ready = take() { return waiter.resume(ready) }
        precondition(reading == nil, "two tasks read the same stream of messages at once")
        reading = waiter
    }

    private func stopWaiting(_ waiter: Waiter<[UInt8]?>) {
        if reading === waiter { reading = nil }
        waiter.resume(.failure(RPCError(.cancelled, "the task that waited for a message was cancelled")))
    }

    private func take() -> Result<[UInt8]?, RPCError>? {
        if let message = reader.next() {
            if reader.isEmpty { giveBackWindow() }
            return .success(message)
        }
        if let failure { return .failure(failure) }
        return hasEnded ? .success(nil) : nil
    }

    private func giveBackWindow() {
        consume(unconsumed)
        unconsumed = 0
    }

    private func consume(_ count: Int) {
        if count > 0 { stream?.consume(count) }
    }

    // MARK: Writing

    func send(_ message: some Message) async throws(RPCError) {
        try await send(frame(message))
    }

    /// Sends a message that has its prefix already, and waits while too much is unsent.
    func send(_ framed: [UInt8]) async throws(RPCError) {
        if loop.isCurrent, try write(framed) { return }
        let isWritten = loop.isCurrent
        let waiter = Waiter<Void>()
        try await waiter.value(on: loop) {
            self.waitForRoom(waiter, after: isWritten ? nil : framed)
        } onCancel: {
            self.writing.removeAll { $0 === waiter }
            waiter.resume(.failure(RPCError(.cancelled, "the task that waited for the peer was cancelled")))
        }
    }

    /// The one reply of a call that has one. On the loop only.
    func sendLast(_ message: some Message) throws(RPCError) {
        let framed = try frame(message)
        if loop.isCurrent {
            _ = try write(framed)
        } else {
            // Ordered before the status, which takes the same way.
            loop.execute { _ = try? self.write(framed) }
        }
    }

    private func waitForRoom(_ waiter: Waiter<Void>, after framed: [UInt8]?) {
        do throws(RPCError) {
            if let framed, try write(framed) { return waiter.resume(.success(())) }
            if let failure { throw failure }
            writing.append(waiter)
        } catch {
            waiter.resume(.failure(error))
        }
    }

    /// True when there is room for more.
    private func write(_ framed: [UInt8]) throws(RPCError) -> Bool {
        if let failure { throw failure }
        guard let stream, stream.isOpen else { throw RPCError(.cancelled, "the call has ended") }
        try willSendMessage()
        stream.write(framed)
        return stream.bufferedBytes <= limits.unsentBytes
    }

    private func frame(_ message: some Message) throws(RPCError) -> [UInt8] {
        // In one order whatever the maps' own: a reply that is kept and sent again is the same byte for byte. Only maps pay for it.
        var bytes = message.encoded(reserving: MessageReader.prefixBytes, deterministic: true)
        try Exchange.fillPrefix(of: &bytes, limit: limits.sentMessageBytes)
        return bytes
    }

    /// Writes the length into the five bytes that were left for it.
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
