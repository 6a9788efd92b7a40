internal import HTTP2
internal import Net

/// One call on the server: the stream below, the interceptors and the handler above. Confined to its loop.
///
/// The task starts when all bytes at hand are parsed: then a unary call's message is there already, and a handler that does not
/// suspend runs from beginning to end without entering a queue.
final class ServerStream: Exchange, HTTPStreamReceiver, @unchecked Sendable {
    private let handler: RPCHandler
    private let call: Call
    private let route: Route?
    private var task: Task<Void, Never>?
    private var timer: Timer?
    private var hasStarted = false
    private var hasFinished = false
    private var hasSentHead = false

    init(_ stream: HTTPStream, call: Call, route: Route?, handler: RPCHandler) {
        self.call = call
        self.route = route
        self.handler = handler
        super.init(loop: stream.loop, limits: handler.limits)
        self.stream = stream
        if let deadline = call.deadline {
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
        if let deadline = call.deadline, deadline <= loop.now { return deadlinePassed() }
        handler.started()
        task = Task.immediate(executorPreference: loop) { await self.run() }
        if hasFinished { task = nil }
    }

    func outputDrained() { drained() }

    func closed(_ end: StreamEnd) {
        timer?.cancel()
        timer = nil
        if !hasFinished { self.end(ServerStream.error(of: end)) }
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

    private func run() async {
        let next = Next(interceptors: handler.interceptors, index: 0, route: route, exchange: self)
        do {
            try await next(call)
            returned(nil)
        } catch let error as RPCError {
            returned(error)
        } catch {
            returned(handler.status(of: error, call))
        }
    }

    /// Wherever the handler ran, its task prefers the loop, and is back on it.
    private func returned(_ error: RPCError?) {
        handler.returned()
        finish(error)
    }

    /// It holds until the stream has closed: a client that does not take its replies does not keep them here for ever.
    private func deadlinePassed() {
        let error = RPCError(.deadlineExceeded, "the deadline passed before the call was done")
        if let stream, stream.bufferedBytes > 0 {
            end(error)
            stream.reset(.cancel)
        } else {
            finish(error)
        }
    }

    /// Ends the call towards the client, once.
    private func finish(_ error: RPCError?) {
        guard !hasFinished else { return }
        let trailers = call.trailers
        if let error {
            if hasSentHead {
                stream?.finish(trailers: ReplyFields.failure(error, trailers, budget: handler.limits.metadataBytes))
            } else {
                stream?.respond(ReplyFields.failureOnly(error, trailers, budget: handler.limits.metadataBytes), end: true)
            }
            end(error)
        } else {
            do throws(RPCError) {
                try sendHead()
                try trailers.demand(within: handler.limits.metadataBytes, "the reply's trailing metadata")
            } catch {
                return finish(error)
            }
            if trailers.isEmpty {
                stream?.finish(trailers: ReplyFields.success)
            } else {
                stream?.finish(trailers: ReplyFields.success(trailers))
            }
            end(nil)
        }
    }

    /// Ends the call towards the handler, once: its task is cancelled, and nothing waits any more.
    private func end(_ error: RPCError?) {
        guard !hasFinished else { return }
        hasFinished = true
        if let error {
            call.cancel()
            fail(error)
            task?.cancel()
        }
        task = nil
    }

    override func willSendMessage() throws(RPCError) { try sendHead() }

    private func sendHead() throws(RPCError) {
        guard !hasSentHead else { return }
        let metadata = call.replyMetadata
        try metadata.demand(within: handler.limits.metadataBytes, "the reply's metadata")
        hasSentHead = true
        if metadata.isEmpty { stream?.respond(ReplyFields.head) } else { stream?.respond(ReplyFields.head(metadata)) }
    }
}
