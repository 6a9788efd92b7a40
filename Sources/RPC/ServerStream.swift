internal import HTTP2
internal import Net

/// One call on the server: the stream below, the interceptors and the handler above. Confined to its loop.
///
/// The task starts when all bytes at hand are parsed: then a unary call's message is there already, and a handler that does not
/// suspend runs from beginning to end without entering a queue.
final class ServerStream: HTTPStreamReceiver {
    private let stream: HTTPStream
    private let handler: RPCHandler
    private let call: Call
    private let route: Route?
    private let exchange: Exchange
    private var task: Task<Void, Never>?
    private var timer: Timer?
    private var hasStarted = false
    private var hasFinished = false
    private var hasSentHead = false

    init(_ stream: HTTPStream, call: Call, route: Route?, handler: RPCHandler) {
        self.stream = stream
        self.call = call
        self.route = route
        self.handler = handler
        exchange = Exchange(loop: stream.loop, limits: handler.limits)
        exchange.stream = stream
        exchange.beforeFirstMessage = { [unowned self] in self.sendHead() }
        if let deadline = call.deadline {
            timer = stream.loop.schedule(at: deadline) { [weak self] in self?.deadlinePassed() }
        }
    }

    // MARK: From the stream

    func received(head: HTTPFields) {}
    func received(body: UnsafeRawBufferPointer) { unsafe exchange.received(body) }
    func received(trailers: HTTPFields) {}
    func receivedEnd() { exchange.receivedEnd() }

    func inputDelivered() {
        if hasStarted { return exchange.deliver() }
        hasStarted = true
        handler.started()
        let this = Confined(self, to: stream.loop)
        task = Task.immediate(executorPreference: stream.loop) { await this.value.run() }
        if hasFinished { task = nil }
    }

    func outputDrained() { exchange.drained() }

    func closed(_ code: ErrorCode) {
        end(RPCError(.cancelled, code == .cancel ? "the client cancelled the call" : "the stream was closed: \(code)"))
        exchange.stream = nil
    }

    // MARK: The call

    private func run() async {
        let next = Next(interceptors: handler.interceptors, index: 0, route: route, exchange: exchange)
        do {
            try await next(call)
            await settle(nil)
        } catch let error as RPCError {
            await settle(error)
        } catch {
            await settle(handler.status(of: error, call))
        }
    }

    /// The handler has returned, on whatever executor.
    private func settle(_ error: RPCError?) async {
        handler.returned()
        finish(error)
    }

    private func deadlinePassed() {
        guard !hasFinished else { return }
        finish(RPCError(.deadlineExceeded, "the deadline passed before the call was done"))
    }

    /// Ends the call towards the client, once.
    private func finish(_ error: RPCError?) {
        guard !hasFinished else { return }
        let trailers = call.trailers
        if let error {
            if hasSentHead {
                stream.finish(trailers: ReplyFields.failure(error, trailers, budget: handler.limits.metadataBytes))
            } else {
                stream.respond(ReplyFields.failureOnly(error, trailers, budget: handler.limits.metadataBytes), end: true)
            }
            end(error)
        } else {
            sendHead()
            if trailers.isEmpty {
                stream.finish(trailers: ReplyFields.success)
            } else {
                stream.finish(trailers: ReplyFields.success(trailers))
            }
            end(nil)
        }
    }

    /// Ends the call towards the handler, once: its task is cancelled, and nothing waits any more.
    private func end(_ error: RPCError?) {
        guard !hasFinished else { return }
        hasFinished = true
        timer?.cancel()
        timer = nil
        if let error {
            call.cancel()
            exchange.fail(error)
            task?.cancel()
        }
        task = nil
        exchange.beforeFirstMessage = nil
    }

    private func sendHead() {
        guard !hasSentHead else { return }
        hasSentHead = true
        let metadata = call.replyMetadata
        if metadata.isEmpty { stream.respond(ReplyFields.head) } else { stream.respond(ReplyFields.head(metadata)) }
    }
}
