internal import HTTP2
internal import Net

/// Answers a request that never becomes a call.
final class RefusedCall: HTTPStreamReceiver {
    private let stream: HTTPStream
    private enum Answer {
        case http(status: Int, text: String)
        case rpc(RPCError, budget: Int)
    }

    private let answer: Answer
    private var hasAnswered = false
    private var hasPeerEnded = false

    /// A request that is not gRPC's.
    init(_ stream: HTTPStream, status: Int, text: String) {
        self.stream = stream
        answer = .http(status: status, text: text)
    }

    /// - Parameter budget: the bytes that the reply's header section may have.
    init(_ stream: HTTPStream, _ error: RPCError, budget: Int) {
        self.stream = stream
        answer = .rpc(error, budget: budget)
    }

    func received(head: HTTPFields) {}
    func received(body: UnsafeRawBufferPointer) { stream.consume(body.count) }
    func received(trailers: HTTPFields) {}
    func receivedEnd() { hasPeerEnded = true }
    func outputDrained() {}
    func closed(_ end: StreamEnd) {}
    func swept(at now: MonotonicTime) -> Bool { !hasPeerEnded }

    func inputDelivered() {
        guard !hasAnswered else { return }
        // An HTTP client sends its request to the end before it looks at the reply, and an answer before that would hide what else
        // is wrong with it.
        if case .http = answer, !hasPeerEnded { return }
        hasAnswered = true
        switch answer {
        case .http(let status, let text):
            stream.respond(ReplyFields.http(status: status, text: text))
            stream.write(Array(text.utf8))
            stream.finish()
        case .rpc(let error, let budget):
            stream.respond(ReplyFields.failureOnly(error, Metadata(), budget: budget), end: true)
        }
    }
}
