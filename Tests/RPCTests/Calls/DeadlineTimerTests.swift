import BenchAPI
import Net
import RPC
import Testing

/// A call that is over must not hold its deadline's timer, nor what that holds, until it would have fired.
@Suite("Timers of deadlines", .timeLimit(.minutes(10)))
struct DeadlineTimerTests {
    fileprivate static let options = CallOptions(timeout: .seconds(3_600))
    private static let count = 20

    /// How a call may end.
    enum Ending: String, CaseIterable, Sendable {
        case reply, error, stream, cancelledByClient, leftByClient, deadline, earlyReply

        func call(_ client: EchoClient) async throws {
            let options = DeadlineTimerTests.options
            switch self {
            case .reply: _ = try await client.unary(EchoRequest([1]), options)
            case .error: _ = try await rpcError { try await client.unary(EchoRequest([1], count: -1), options) }
            case .stream:
                for try await _ in try await client.serverStream(EchoRequest([1], count: 3), options) {}
            case .cancelledByClient:
                let call = Task { try await client.unary(EchoRequest([1], count: -2), options) }
                call.cancel()
                _ = await call.result
            case .leftByClient:
                try await client.bidiStream(options) { requests, replies in
                    try await requests.send(EchoRequest([1]))
                    var iterator = replies.makeAsyncIterator()
                    _ = try await iterator.next()
                }
            case .deadline:
                _ = try await rpcError { try await client.unary(EchoRequest([1], count: -2), CallOptions(timeout: .milliseconds(5))) }
            case .earlyReply:
                _ = try await client.clientStream(options) { requests in
                    while true { try await requests.send(EchoRequest([1])) }
                }
            }
        }
    }

    /// `count` -1 fails, -2 never ends; a client's stream is answered at its first message.
    private func service(_ loops: Record<EventLoop>) -> ScriptedEcho {
        var service = ScriptedEcho()
        service.onUnary = { request, call in
            loops.append(call.loop)
            if request.count == -1 { throw RPCError(.notFound, "asked for") }
            if request.count == -2 { try await call.loop.sleep(for: .seconds(1_000_000)) }
            return EchoReply(request.payload)
        }
        service.onClientStream = { requests, _ in
            var iterator = requests.makeAsyncIterator()
            return EchoReply(try await iterator.next()?.payload ?? [])
        }
        return service
    }

    private func timers(_ loop: EventLoop) async throws -> Int { try await loop.run { loop.pendingTimers } }

    @Test("however a call ends, neither side keeps its timer", arguments: Ending.allCases)
    func ended(_ ending: Ending) async throws {
        let loops = Record<EventLoop>()
        try await withLoopback(.cleartext, [service(loops)]) { loopback in
            let client = try loopback.client()
            // The connection's own timers, and what else the loops keep.
            _ = try await client.unary(EchoRequest([1]), Self.options)
            let served = try #require(loops.all.first)
            _ = await eventually { loopback.server.runningCalls == 0 }
            let before = (client: try await timers(loopback.loop), server: try await timers(served))
            for _ in 0..<Self.count { try await ending.call(client) }
            var after = before
            let isGone = await eventually {
                guard let client = try? await timers(loopback.loop), let server = try? await timers(served) else { return false }
                after = (client, server)
                return client <= before.client && server <= before.server
            }
            #expect(isGone, "\(before) timers before \(Self.count) calls, \(after) behind them")
        }
    }

    @Test("while calls are open each has one, on either side")
    func open() async throws {
        let loops = Record<EventLoop>()
        let isOver = Event()
        var service = service(loops)
        service.onBidiStream = { _, call, replies in
            try await replies.send(EchoReply([1]))
            try await isOver.wait()
        }
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client()
            _ = try await client.unary(EchoRequest([1]), Self.options)
            let served = try #require(loops.all.first)
            let entered = Counter()
            try await withThrowingTaskGroup { group in
                for _ in 0..<Self.count {
                    group.addTask {
                        try await client.bidiStream(Self.options) { _, replies in
                            var iterator = replies.makeAsyncIterator()
                            _ = try await iterator.next()
                            entered.add()
                            _ = try await iterator.next()
                        }
                    }
                }
                let isIn = await eventually { entered.value == Self.count }
                #expect(isIn)
                #expect(try await timers(loopback.loop) >= Self.count)
                #expect(try await timers(served) >= Self.count)
                isOver.happen()
                try await group.waitForAll()
            }
        }
    }
}
