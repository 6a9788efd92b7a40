import BenchAPI
import RPC

/// `bench.v1.Echo` as its .proto describes it.
struct EchoService: Echo {
    func unary(_ request: EchoRequest, _ call: Call) async throws -> EchoReply {
        EchoReply(request.payload)
    }

    func serverStream(_ request: EchoRequest, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        for _ in 0..<max(0, request.count) { try await replies.send(EchoReply(request.payload)) }
    }

    func clientStream(_ requests: Inbound<EchoRequest>, _ call: Call) async throws -> EchoReply {
        var reply = EchoReply()
        for try await request in requests { reply.payload += request.payload }
        return reply
    }

    func bidiStream(_ requests: Inbound<EchoRequest>, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        for try await request in requests { try await replies.send(EchoReply(request.payload)) }
    }
}

extension EchoRequest {
    init(_ payload: [UInt8], count: Int32 = 0) {
        self.init()
        self.payload = payload
        self.count = count
    }
}

extension EchoReply {
    init(_ payload: [UInt8]) {
        self.init()
        self.payload = payload
    }
}
