internal import HTTP2
internal import Net
internal import Protobuf

/// One call on the client, through all its attempts. Its state is confined to the channel's loop; the methods that suspend may be
/// called from anywhere.
///
/// What the application sends is held until a reply has begun (`ReplayBuffer`), so that the next attempt can begin with it.
final class ClientCall: Exchange, HTTPStreamReceiver, @unchecked Sendable {
    private enum Phase {
        case authorizing(Task<Void, Never>, CallQueue<ClientCall>.Ticket)
        case queued(CallQueue<ClientCall>.Ticket, since: MonotonicTime)
        /// On its way from one attempt to the next.
        case between
        case backingOff(Timer, CallQueue<ClientCall>.Ticket, after: RPCError)
        case open
        case done
    }

    let path: String
    private let options: CallOptions
    private let confined: Confined<Transport>
    private var transport: Transport { confined.value }
    private var metadata: Metadata
    private let compression: Compression
    private let credentials: (any CallCredentials)?
    private let context: CallContext?
    let deadline: MonotonicTime?
    private var timer: Timer?
    private var phase = Phase.between
    @exclusivity(unchecked) private var retry: Retry
    @exclusivity(unchecked) private var replay = ReplayBuffer()
    /// Bytes that count against the channel's.
    private var held = 0
    private var timeInQueue: Duration = .zero
    private var hasBegun = false
    private(set) var isDone = false
    /// Who waits for the first stream.
    private var opened: Waiter?
    /// Who waits for the one reply and its status.
    private var outcome: Waiter?
    private var reply: [UInt8]?
    private var foreign: ForeignReply?

    /// - Parameters:
    ///   - timeout: where the options have none.
    ///   - isRepeatable: a repetition does nothing that was not wanted.
    init(
        path: String, timeout: Duration? = nil, isRepeatable: Bool = true, options: CallOptions, shared: Channel.Shared,
        transport: Confined<Transport>
    ) {
        self.path = path
        self.options = options
        self.confined = transport
        metadata = options.metadata
        compression = options.compression ?? shared.configuration.compression
        credentials = options.credentials ?? shared.configuration.credentials
        unsafe retry = Retry(options.retryPolicy ?? shared.configuration.retryPolicy(of: path, isRepeatable: isRepeatable))
        context = options.isDetached ? nil : CallContext.current
        let own = (options.timeout ?? timeout).map { transport.loop.time + $0 }
        deadline = if let own, let inherited = context?.deadline { min(own, inherited) } else { own ?? context?.deadline }
        super.init(loop: transport.loop, limits: shared.configuration.limits)
    }

    var waitsForReady: Bool { options.waitsForReady }

    // MARK: From the caller

    /// Begins the call, and returns when it has a stream.
    func start() async throws(RPCError) {
        let waiter = Waiter()
        _ = try await waiter.value(on: loop) {
            self.opened = waiter
            self.begin()
        } onCancel: {
            self.cancelled(waiter)
        }
    }

    /// The whole of a call that sends one message and gets one: one hop to the loop, and one back.
    func unary(_ framed: [UInt8]) async throws(RPCError) -> [UInt8] {
        let waiter = Waiter()
        return try await waiter.value(on: loop) {
            self.outcome = waiter
            unsafe self.replay.append(framed)
            unsafe self.replay.finish()
            self.begin()
        } onCancel: {
            self.cancelled(waiter)
        } ?? []
    }

    private func cancelled(_ waiter: Waiter) {
        let error = RPCError(.cancelled, "the task of the call was cancelled", .cancelled)
        giveUp(error)
        waiter.resume(.failure(error))
    }

    override func finishSending() {
        onLoop {
            unsafe $0.replay.finish()
            $0.stream?.finish()
        }
    }

    /// Ends the call if it has not ended: the server must not go on for nobody.
    func cancel() {
        onLoop { $0.giveUp(RPCError(.cancelled, "the call was given up", .cancelled)) }
    }

    /// The server has ended the call, well or not.
    func hasEnded() async -> Bool {
        await withCheckedContinuation { continuation in
            onLoop { continuation.resume(returning: $0.isDone) }
        }
    }

    /// The one reply and then an OK status, of a call that sends a stream; anything else is the error it is, and then the server need
    /// not go on.
    func onlyReply() async throws(RPCError) -> [UInt8] {
        let waiter = Waiter()
        return try await waiter.value(on: loop) {
            self.outcome = waiter
            if self.isDone { self.conclude(self.failed) } else { self.collect() }
        } onCancel: {
            self.cancelled(waiter)
        } ?? []
    }

    private func onLoop(_ body: @escaping @Sendable (ClientCall) -> Void) {
        if loop.isCurrent { body(self) } else { loop.execute { body(self) } }
    }

    // MARK: Attempts

    private func begin() {
        hasBegun = true
        transport.callBegins()
        // Cancelled before it began.
        guard !isDone else { return transport.callEnded() }
        if context?.isCancelled == true {
            return giveUp(RPCError(.cancelled, "the call that this one was made in was cancelled", .cancelled))
        }
        if let deadline { timer = loop.schedule(at: deadline) { self.deadlinePassed() } }
        if credentials == nil { transport.assign(self) } else { authorize() }
    }

    private func authorize() {
        guard transport.isSecure || transport.target.isLocal || transport.configuration.sendsCredentialsInCleartext else {
            return giveUp(
                RPCError(.unauthenticated, "credentials are not sent over cleartext to \(transport.target.text)", .credentials))
        }
        guard let credentials else { return }
        if let metadata = credentials.cached(at: loop.now) { return authorized(.success(metadata)) }
        let loop = loop
        let task = Task(executorPreference: loop) {
            let result: Result<Metadata, any Error>
            do { result = .success(try await credentials.fetch()) } catch { result = .failure(error) }
            loop.execute { self.authorized(result) }
        }
        phase = .authorizing(task, transport.stepsAside(self))
    }

    private func authorized(_ result: Result<Metadata, any Error>) {
        guard !isDone else { return }
        comeBack()
        do {
            metadata.append(contentsOf: try result.get())
            try metadata.demand(within: limits.metadataBytes, "the request's metadata")
            transport.assign(self)
        } catch let error as RPCError {
            giveUp(error)
        } catch {
            giveUp(RPCError(.unauthenticated, "no credentials for the call: \(error)", .credentials))
        }
    }

    /// The transport has no connection for it now.
    func queued(_ ticket: CallQueue<ClientCall>.Ticket) { phase = .queued(ticket, since: loop.now) }

    /// The transport will have no connection for it.
    func refuse(_ error: RPCError) {
        leaveQueue()
        settle(error)
    }

    private func leaveQueue() {
        guard case .queued(_, let since) = phase else { return }
        timeInQueue += loop.now - since
        phase = .between
    }

    func open(on connection: HTTPClientConnection) {
        leaveQueue()
        unsafe retry.began()
        do throws(HTTP2Error) {
            stream = try connection.request(requestFields(), receiver: self)
        } catch {
            let cause = RPCError.Cause(RPCError.Cause.Kind(error, isReady: true), address: connection.address)
            return attemptEnded(.unsent, RPCError(.unavailable, "the call could not begin: \(error)", cause: cause))
        }
        phase = .open
        unsafe replay.forEach { stream?.write($0) }
        if unsafe replay.isFinished { stream?.finish() }
        hold(unsafe replay.bytes)
        opened?.resume()
        opened = nil
    }

    private func requestFields() -> HTTPFields {
        var fields = transport.requestFields.fields(path, compression)
        if let deadline {
            fields.append(name: "grpc-timeout", value: Timeout.text((deadline - loop.time).wholeNanoseconds))
        }
        if unsafe retry.attempts > 1 { fields.append(name: "grpc-previous-rpc-attempts", value: String(unsafe retry.attempts - 1)) }
        if !metadata.isEmpty {
            for (name, value) in metadata.pairs { fields.append(name: name, value: value) }
        }
        return fields
    }

    /// Held bytes count for the channel; whoever would hold too much is not tried again.
    private func hold(_ bytes: Int) {
        guard unsafe !retry.isCommitted else { return }
        held += bytes
        transport.replayBytes += bytes
        if held > limits.replayBytes || transport.replayBytes > limits.channelReplayBytes { commit() }
    }

    private func commit() {
        unsafe retry.commit()
        unsafe replay.drop()
        letGo()
    }

    private func letGo() {
        transport.replayBytes -= held
        held = 0
    }

    override func write(_ framed: [UInt8]) throws(RPCError) -> Bool {
        if let failed { throw failed }
        guard !isDone else { throw RPCError(.cancelled, "the call has ended") }
        if unsafe retry.isCommitted { return try super.write(framed) }
        unsafe replay.append(framed)
        guard let stream, case .open = phase else { return unsafe replay.bytes <= limits.unsentBytes }
        stream.write(framed)
        hold(framed.count)
        return stream.bufferedBytes <= limits.unsentBytes
    }

    /// An attempt has brought no reply: another one, or the end, whose trailers are told before its error.
    private func attemptEnded(_ outcome: Retry.Outcome, _ error: RPCError, trailers: Metadata? = nil) {
        guard !isDone else { return }
        let verdict = unsafe retry.ended(outcome, throttle: &transport.throttle, random: transport.configuration.random())
        if verdict == .fail {
            if let trailers { options.received?(.trailers(trailers)) }
            return settle(error)
        }
        // Our side is open where the server has ended its own before it had read all.
        stream?.abandon(unsafe replay.isFinished && stream?.bufferedBytes == 0 ? nil : .cancel)
        stream = nil
        foreign = nil
        letGo()
        switch verdict {
        case .fail: break
        case .atOnce:
            phase = .between
            // Not at once: the connection is still telling what became of it.
            loop.execute { self.assignAgain() }
        case .again(let wait):
            phase = .backingOff(loop.schedule(after: wait) { self.assignAgain() }, transport.stepsAside(self), after: error)
        }
    }

    /// From where the transport has not seen it.
    private func comeBack() {
        switch phase {
        case .authorizing(_, let ticket), .backingOff(_, let ticket, _): transport.comesBack(ticket)
        default: break
        }
        phase = .between
    }

    private func assignAgain() {
        guard !isDone else { return }
        comeBack()
        transport.assign(self)
    }

    // MARK: The end

    private func deadlinePassed() {
        let text = "the deadline passed before the call was done"
        switch phase {
        case .authorizing: giveUp(RPCError(.deadlineExceeded, text + ": its credentials were not there yet", .deadline(.credentials)))
        case .queued:
            let why = "it waited for a stream to \(transport.target.text) (\(transport.waitReason))"
            giveUp(RPCError(.deadlineExceeded, "\(text): \(why)", .deadline(.queue)))
        case .backingOff(_, _, let error):
            giveUp(RPCError(.deadlineExceeded, "\(text): attempt \(unsafe retry.attempts) had failed with \(error)", .deadline(.backoff)))
        default: giveUp(RPCError(.deadlineExceeded, text, .deadline(.reply)))
        }
    }

    func giveUp(_ error: RPCError) {
        // A call that ended well may have left our side open: then the stream would count against the server's limit for ever.
        guard !isDone else { return stream?.reset(.noError) ?? () }
        switch phase {
        case .authorizing(let task, _): task.cancel()
        case .queued(let ticket, _):
            transport.withdraw(ticket)
            leaveQueue()
        case .backingOff(let timer, _, _): timer.cancel()
        default: break
        }
        comeBack()
        stream?.reset(.cancel)
        settle(error)
    }

    private func settle(_ error: RPCError?) {
        guard !isDone else { return }
        isDone = true
        phase = .done
        timer?.cancel()
        timer = nil
        unsafe replay.drop()
        if hasBegun {
            letGo()
            transport.callEnded()
        }
        guard var error else {
            transport.throttle?.succeeded()
            return conclude(nil)
        }
        if error.cause == nil, unsafe retry.attempts > 1 { error.cause = RPCError.Cause(.server) }
        error.cause?.attempts = unsafe retry.attempts
        error.cause?.timeInQueue = timeInQueue
        opened?.resume(.failure(error))
        opened = nil
        conclude(error)
        // Replies that have come are read first; the status follows them.
        fail(error)
    }

    /// Tells who waits for the one reply.
    private func conclude(_ error: RPCError?) {
        guard let waiter = outcome else { return }
        if error == nil { collect() }
        guard outcome != nil else { return }
        outcome = nil
        if let error { return waiter.resume(.failure(error)) }
        guard let reply else {
            return waiter.resume(
                .failure(
                    RPCError(.unimplemented, "the server ended the call with OK and no reply; its method has exactly one", .cardinality)))
        }
        waiter.resume(.success(reply))
    }

    /// Takes what has come for who waits for one reply: more than one is an error at once.
    private func collect() {
        while outcome != nil, case .success(let message?) = take() {
            guard reply != nil else {
                reply = message
                continue
            }
            let error = RPCError(.unimplemented, "the server sent more than one reply; its method has exactly one", .cardinality)
            if isDone {
                outcome?.resume(.failure(error))
                outcome = nil
            } else {
                giveUp(error)
            }
        }
        // A reply that cannot be read: too large, or damaged.
        if outcome != nil, !isDone, let failed { giveUp(failed) }
    }

    // MARK: From the stream

    func inputDelivered() {
        if outcome == nil { deliver() } else { collect() }
    }

    func outputDrained() { drained() }

    override var packing: Compression { compression }
    override var packsMessages: Bool? { options.compressesRequests }
    override func tookPacked() { options.received?(.compressedReply) }

    func received(head: HTTPFields) {
        if let error = ReplySection.overBudget(head) { return giveUp(error) }
        let section = ReplySection(head)
        // Trailers only: one header section for a reply without messages.
        if section.status != nil { return ended(section, head) }
        guard section.isGRPC else { return foreign = ForeignReply(status: section.httpStatus) }
        guard let encoding = section.encoding else {
            return giveUp(
                RPCError(.internal, "the server packs its messages as \(head.first("grpc-encoding") ?? ""), which is not spoken here"))
        }
        unpacking = encoding
        commit()
        options.received?(.metadata(Metadata(head)))
    }

    func received(body: UnsafeRawBufferPointer) {
        guard foreign != nil else { return unsafe received(body) }
        unsafe foreign?.append(body)
        stream?.consume(body.count)
    }

    func received(trailers: HTTPFields) {
        if let error = ReplySection.overBudget(trailers) { return giveUp(error) }
        ended(ReplySection(trailers), trailers)
    }

    private func ended(_ section: ReplySection, _ fields: HTTPFields) {
        guard !isDone else { return }
        let metadata = Metadata(fields)
        if section.status == .known(.ok) {
            options.received?(.trailers(metadata))
            // A message cut short beats the OK behind it.
            super.receivedEnd()
            return settle(failed)
        }
        let error = section.status == nil ? foreign?.error(metadata) ?? section.error(fields, metadata) : section.error(fields, metadata)
        attemptEnded(.status(error.code, section.pushback.map { Retry.Pushback($0) }), error, trailers: metadata)
    }

    override func receivedEnd() {
        guard !isDone, stream != nil else { return }
        let error = foreign?.error(Metadata()) ?? RPCError(.internal, "the reply ended without a status", .status(nil))
        attemptEnded(.status(error.code, nil), error)
    }

    func closed(_ end: StreamEnd) {
        if !isDone {
            stream = nil
            let (outcome, error) = ClientCall.meaning(of: end, deadline: deadline, now: loop.now)
            attemptEnded(outcome, error)
        }
        if isDone { detach() }
    }
}
