internal import HTTP2
internal import Net

/// One call on the server: the stream below, the interceptors and the handler above. Confined to its loop.
///
/// A task takes it up when all bytes at hand are parsed: then a unary call's message is there already, and a handler that does not
/// suspend runs from beginning to end in the turn that brought its request.
final class ServerStream: Call, HTTPStreamReceiver, LoopWork, @unchecked Sendable {
    private let handler: RPCHandler
    private var task: LoopTask?
    private var timer: Timer?
    private var hasStarted = false
    private var hasFinished = false
    private var hasSentHead = false
    private let began: MonotonicTime

    init(
        _ stream: HTTPStream, route: Route?, unroutedPath: String, _ request: HTTPRequest, compression: Compression,
        accepted: AcceptedCompressions, deadline: MonotonicTime?, handler: RPCHandler
    ) {
        self.handler = handler
        began = stream.loop.now
        super.init(
            route: route, unroutedPath: unroutedPath, metadata: Metadata(request.fields), peer: request.peer, deadline: deadline,
            loop: stream.loop, limits: handler.limits, accepted: accepted)
        unpacking = compression
        self.stream = stream
        if let deadline {
            timer = stream.loop.schedule(at: deadline) { self.deadlinePassed() }
        }
    }

    // MARK: From the stream

    func received(head: HTTPFields) {}
    func received(body: UnsafeRawBufferPointer) { unsafe received(body) }
    func received(trailers: HTTPFields) {}

    func inputDelivered() {
        if hasStarted { return deliver() }
        hasStarted = true
        // By the clock, which has gone on since the turn began: a client that gave it no time gets no reply by chance.
        if let deadline, deadline <= loop.time { return deadlinePassed() }
        handler.started(peer)
        loop.perform(self)
    }

    func outputDrained() { drained() }

    func swept(at now: MonotonicTime) -> Bool {
        guard !hasFinished else { return false }
        // A timer for each call that names no deadline would cost all of them; to a second this will do.
        if deadline == nil, now - began > handler.limits.longestTimeout { deadlinePassed() }
        return isOwedMessage(takesOne: route?.method.kind.hasOneRequest ?? false)
    }

    func closed(_ end: StreamEnd) {
        timer?.cancel()
        timer = nil
        if !hasFinished {
            finished(ServerStream.error(of: end))
            discardUnread()
        }
        detach()
    }

    private static func error(of end: StreamEnd) -> RPCError {
        switch end {
        case .stream(.cancel): RPCError(.cancelled, "the client cancelled the call")
        case .stream(let code): RPCError(.cancelled, "the stream was closed: \(code)")
        case .connection(let reason), .unsent(let reason): RPCError(.cancelled, "the client's connection was lost: \(reason)")
        }
    }

    // MARK: The call

    func begins(on task: LoopTask) -> Bool {
        // Cancelled before it began.
        if hasFinished {
            handler.returned(peer)
            return false
        }
        self.task = task
        return true
    }

    func run() async throws {
        // Bound only where there is something to inherit: it costs an allocation, and a look-up for every task-local behind it.
        if deadline == nil {
            try await handle()
        } else {
            try await CallContext.$current.withValue(CallContext(self)) { try await handle() }
        }
    }

    @inline(__always)
    private func handle() async throws {
        if let route, route.chain.isEmpty, !route.method.kind.hasOneRequest || takeOnly() {
            try await route.run(self, Messages(exchange: self))
        } else {
            try await (route?.chain ?? handler.unroutedChain).run(from: 0, self, route, self)
        }
    }

    /// Wherever the handler ran, its task prefers the loop, and is back on it.
    func ended(_ error: (any Error)?) {
        handler.returned(peer)
        task = nil
        finish(error.map { $0 as? RPCError ?? handler.status(of: $0, self) })
    }

    /// It holds until the stream has closed: a client that does not take its replies does not keep them here for ever.
    private func deadlinePassed() {
        guard !hasFinished else { return }
        let error = worded(RPCError(.deadlineExceeded, "the deadline passed before the call was done"))
        if let stream, stream.bufferedBytes > 0 {
            finished(error)
            stream.reset(.cancel)
        } else {
            finish(error)
        }
    }

    /// An error that no interceptor has seen, as their funnels say it.
    private func worded(_ error: RPCError) -> RPCError {
        let worded = (route?.chain ?? handler.unroutedChain).worded(error, self)
        return worded as? RPCError ?? handler.status(of: worded, self)
    }

    override func end(_ error: RPCError) {
        guard loop.isCurrent else { return loop.execute { self.end(error) } }
        guard !hasFinished else { return }
        finish(worded(error))
        // Who does not take what was sent before would never hear of it, and hold the stream.
        guard stream != nil else { return }
        timer?.cancel()
        timer = loop.schedule(at: loop.now + handler.limits.endGrace) { [weak self] in self?.stream?.reset(.cancel) }
    }

    /// Ends the call towards the client, once.
    private func finish(_ error: RPCError?) {
        guard !hasFinished else { return }
        if let error {
            let trailers = self.trailers
            if hasSentHead {
                stream?.finish(trailers: ReplyFields.failure(error, trailers, budget: handler.limits.metadataBytes))
            } else {
                stream?.respond(ReplyFields.failureOnly(error, trailers, budget: handler.limits.metadataBytes), end: true)
            }
            finished(error)
        } else {
            guard hasNotes || handler.packs else {
                if let stream {
                    if !hasSentHead { stream.respond(ReplyFields.head) }
                    stream.finish(trailers: ReplyFields.success)
                }
                return finished(nil)
            }
            let trailers = self.trailers
            do throws(RPCError) {
                if let stream { try sendHead(on: stream) }
                try trailers.demand(within: handler.limits.metadataBytes, "the reply's trailing metadata")
            } catch {
                return finish(worded(error))
            }
            if trailers.isEmpty {
                stream?.finish(trailers: ReplyFields.success)
            } else {
                stream?.finish(trailers: ReplyFields.success(trailers))
            }
            finished(nil)
        }
    }

    /// Ends the call towards the handler, once: its task is cancelled, and nothing waits any more.
    private func finished(_ error: RPCError?) {
        guard !hasFinished else { return }
        hasFinished = true
        if let error {
            cancel()
            fail(error)
            task?.cancel()
        }
        task = nil
    }

    override var packing: Compression { hasNotes || handler.packs ? settlePacking(otherwise: handler.compression) : .identity }
    override var packsMessages: Bool? { compressesReplies }

    override func willSendMessage(on stream: HTTPStream) throws(RPCError) { try sendHead(on: stream) }

    private func sendHead(on stream: HTTPStream) throws(RPCError) {
        guard !hasSentHead else { return }
        guard hasNotes || handler.packs else {
            hasSentHead = true
            stream.respond(ReplyFields.head)
            return
        }
        let packing = packing
        let metadata = replyMetadata
        try metadata.demand(within: handler.limits.metadataBytes, "the reply's metadata")
        hasSentHead = true
        if metadata.isEmpty { stream.respond(ReplyFields.head(packing)) } else { stream.respond(ReplyFields.head(metadata, packing)) }
    }
}
