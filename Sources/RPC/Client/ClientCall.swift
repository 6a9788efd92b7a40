internal import HTTP2
internal import Net
internal import Protobuf

/// One call on the client. Its state is confined to the channel's loop; the methods that suspend may be called from anywhere.
final class ClientCall: Exchange, HTTPStreamReceiver, @unchecked Sendable {
    private let path: String
    private let metadata: Metadata
    private let options: CallOptions
    private let userAgent: String?
    private let deadline: MonotonicTime?
    private var timer: Timer?
    private var isDone = false
    /// Its place among those who wait for a stream.
    private var waiting: Connector.Waiting?
    /// What an HTTP reply that is no gRPC reply says.
    private var httpStatus: Int?
    private var foreignBody: [UInt8]?

    init(path: String, metadata: Metadata, options: CallOptions, loop: EventLoop, limits: Limits, userAgent: String?) {
        self.path = path
        self.metadata = metadata
        self.options = options
        self.userAgent = userAgent
        deadline = options.timeout.map { loop.time + $0 }
        super.init(loop: loop, limits: limits)
    }

    // MARK: Beginning

    /// Opens the stream, when the connector has one.
    func start(on connector: Confined<Connector>) async throws(RPCError) {
        let waiter = Waiter<Void>()
        try await waiter.value(on: loop) {
            if let deadline = self.deadline {
                self.timer = self.loop.schedule(at: deadline) { [weak self] in
                    let error = RPCError(.deadlineExceeded, "the deadline passed before the call was done")
                    self?.giveUp(error)
                    waiter.resume(.failure(error))
                }
            }
            self.waiting = connector.value.withConnection { result in
                switch result {
                case .failure(let error):
                    self.finish(error)
                    waiter.resume(.failure(error))
                case .success(let connection):
                    guard !self.isDone else { return }
                    waiter.resume(self.open(on: connection, connector.value))
                }
            }
        } onCancel: {
            let error = RPCError(.cancelled, "the task of the call was cancelled")
            self.giveUp(error)
            waiter.resume(.failure(error))
        }
    }

    private func open(on connection: HTTPClientConnection, _ connector: Connector) -> Result<Void, RPCError> {
        do throws(HTTP2Error) {
            let fields = requestFields(scheme: connector.scheme, authority: connector.authority)
            stream = try connection.request(fields, receiver: self)
            return .success(())
        } catch {
            let error = RPCError(.unavailable, "the call could not begin: \(error)")
            finish(error)
            return .failure(error)
        }
    }

    private func requestFields(scheme: String, authority: String) -> HTTPFields {
        var fields = HTTPFields([(":method", "POST"), (":scheme", scheme), (":path", path), (":authority", authority)])
        if let deadline {
            fields.append(name: "grpc-timeout", value: Timeout.text((deadline - loop.time).wholeNanoseconds))
        }
        fields.append(name: "te", value: "trailers")
        fields.append(name: "content-type", value: "application/grpc")
        fields.append(name: "user-agent", value: [userAgent, "grpc-swift-switchboard/1.0"].compactMap(\.self).joined(separator: " "))
        for (name, value) in metadata.pairs { fields.append(name: name, value: value) }
        return fields
    }

    // MARK: From the caller

    override func finishSending() {
        onLoop { $0.stream?.finish() }
    }

    /// Ends the call if it has not ended: the server must not go on for nobody.
    func cancel() {
        onLoop { $0.giveUp(RPCError(.cancelled, "the call was given up")) }
    }

    /// The server has ended the call, well or not.
    func hasEnded() async -> Bool {
        await withCheckedContinuation { continuation in
            onLoop { continuation.resume(returning: $0.isDone) }
        }
    }

    /// The one reply and then an OK status; anything else is the error it is, and then the server need not go on.
    func onlyReply() async throws(RPCError) -> [UInt8] {
        do throws(RPCError) {
            return try await replyAndEnd()
        } catch {
            cancel()
            throw error
        }
    }

    private func replyAndEnd() async throws(RPCError) -> [UInt8] {
        let reply = try await next()
        guard let reply else {
            throw RPCError(.unimplemented, "the server ended the call with OK and no reply; its method has exactly one")
        }
        guard try await next() == nil else {
            throw RPCError(.unimplemented, "the server sent more than one reply; its method has exactly one")
        }
        return reply
    }

    private func onLoop(_ body: @escaping @Sendable (ClientCall) -> Void) {
        if loop.isCurrent { body(self) } else { loop.execute { body(self) } }
    }

    private func giveUp(_ error: RPCError) {
        // A call that ended well may have left our side open: then the stream would count against the server's limit for ever.
        guard !isDone else { return stream?.reset(.noError) ?? () }
        waiting?.cancel()
        waiting = nil
        stream?.reset(.cancel)
        finish(error)
    }

    // MARK: From the stream

    func received(head: HTTPFields) {
        if let error = ClientCall.overBudget(head) { return giveUp(error) }
        let status = head.first(":status").flatMap { Int($0) } ?? 0
        let isGRPC = head.first("content-type")?.hasPrefix("application/grpc") == true
        if head.first("grpc-status") != nil {
            // Trailers only: one header section for a reply without messages.
            return received(trailers: head)
        }
        if status != 200 || !isGRPC {
            httpStatus = status
            foreignBody = []
            return
        }
        options.received?(.metadata(Metadata(head)))
    }

    func received(body: UnsafeRawBufferPointer) {
        if let text = foreignBody {
            if text.count < Limits.quotedBodyBytes {
                unsafe foreignBody?.append(contentsOf: body.prefix(Limits.quotedBodyBytes - text.count))
            }
            stream?.consume(body.count)
            return
        }
        unsafe received(body)
    }

    func received(trailers: HTTPFields) {
        if let error = ClientCall.overBudget(trailers) { return giveUp(error) }
        let metadata = Metadata(trailers)
        options.received?(.trailers(metadata))
        guard let text = trailers.first("grpc-status") else {
            if let error = foreignError { return settle(error) }
            return settle(RPCError(.unknown, "the reply has trailers without grpc-status", trailers: metadata))
        }
        guard let code = Int(text).flatMap(StatusCode.init(rawValue:)) else {
            return settle(RPCError(.unknown, "the reply has the status \"\(text)\", which gRPC does not define", trailers: metadata))
        }
        if code == .ok {
            // A message cut short beats the OK behind it.
            super.receivedEnd()
            return settle(failed)
        }
        let message = trailers.first("grpc-message").map(StatusMessage.decode) ?? ""
        let details = StatusDetails.decode(trailers.first(StatusDetails.name), code: code)
        settle(RPCError(code, message, details: details, trailers: metadata))
    }

    private static func overBudget(_ fields: HTTPFields) -> RPCError? {
        fields.overBudget.map { name in
            RPCError(
                .resourceExhausted,
                "the reply's metadata has \(fields.countedBytes) bytes, more than this client takes; the largest field is \(name)")
        }
    }

    override func receivedEnd() {
        guard !isDone else { return }
        settle(foreignError ?? RPCError(.internal, "the reply ended without a status"))
    }

    /// What an answer that is HTTP, but not gRPC, comes to.
    private var foreignError: RPCError? {
        httpStatus.map { status in
            let quoted = String(decoding: foreignBody ?? [], as: UTF8.self)
            return RPCError(StatusCode(httpStatus: status), "the server answered with HTTP \(status): \(quoted)")
        }
    }

    func inputDelivered() { deliver() }
    func outputDrained() { drained() }

    func closed(_ end: StreamEnd) {
        if !isDone { settle(ClientCall.error(of: end)) }
        detach()
    }

    /// gRPC over HTTP/2, Errors.
    private static func error(of end: StreamEnd) -> RPCError {
        switch end {
        case .connection(let reason), .unsent(let reason): RPCError(.unavailable, "the connection was lost: \(reason)")
        case .stream(.refusedStream): RPCError(.unavailable, "the server refused the call unseen")
        case .stream(.cancel): RPCError(.cancelled, "the server cancelled the call")
        case .stream(.enhanceYourCalm): RPCError(.resourceExhausted, "the server reset the call: ENHANCE_YOUR_CALM")
        case .stream(.inadequateSecurity): RPCError(.permissionDenied, "the server reset the call: INADEQUATE_SECURITY")
        case .stream(let code): RPCError(.internal, "the server reset the call: \(code)")
        }
    }

    private func settle(_ error: RPCError?) {
        guard !isDone else { return }
        isDone = true
        timer?.cancel()
        // Replies that have come are read first; the status follows them.
        if let error { fail(error) }
    }

    private func finish(_ error: RPCError) {
        guard !isDone else { return }
        settle(error)
    }
}

/// Held by those who read a call's replies: when the last of them lets go, the call is given up.
final class CallLease: Sendable {
    private let call: ClientCall
    /// Not dropped before: its connection would go with it.
    private let channel: Channel

    init(_ call: ClientCall, _ channel: Channel) {
        self.call = call
        self.channel = channel
    }

    deinit {
        call.cancel()
    }
}
