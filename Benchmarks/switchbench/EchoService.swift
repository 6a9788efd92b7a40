internal import BenchAPI
internal import Net
internal import RPC

/// `bench.v1.Echo`: the four kinds of call with nothing behind them, so that what is measured is the way to a handler and back.
struct EchoService: Echo {
    func unary(_ request: EchoRequest, _ call: Call) async throws -> EchoReply {
        if request.delayMs > 0 { try await call.loop.sleep(for: .milliseconds(Int64(request.delayMs))) }
        return EchoReply(echoing: request)
    }

    func serverStream(_ request: EchoRequest, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        let reply = EchoReply(echoing: request)
        for _ in 0..<max(0, request.count) { try await replies.send(reply) }
    }

    func clientStream(_ requests: Inbound<EchoRequest>, _ call: Call) async throws -> EchoReply {
        var reply = EchoReply()
        for try await request in requests { reply.payload += request.payload }
        return reply
    }

    func bidiStream(_ requests: Inbound<EchoRequest>, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        for try await request in requests { try await replies.send(EchoReply(echoing: request)) }
    }
}

extension EchoReply {
    init(echoing request: EchoRequest) {
        self.init()
        payload = request.payload
    }
}
