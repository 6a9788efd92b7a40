import BenchAPI
import Net
import RPC
import Testing

@Suite("What a handler may do", .timeLimit(.minutes(5))) struct HandlerTests {
    private actor Worker {
        func produce(_ count: Int, _ replies: Outbound<EchoReply>) async throws {
            for number in 0..<count { try await replies.send(EchoReply([UInt8(truncatingIfNeeded: number)])) }
        }

        func join(_ requests: Inbound<EchoRequest>) async throws -> [UInt8] {
            var payload: [UInt8] = []
            for try await request in requests { payload += request.payload }
            return payload
        }
    }

    @Test("it starts on the loop of its call")
    func onTheLoop() async throws {
        let service = ScriptedEcho(onUnary: { _, call in EchoReply([call.loop.isCurrent ? 1 : 0]) })
        try await withLoopback(.cleartext, [service]) { loopback in
            let reply = try await loopback.client().unary(EchoRequest([]))
            #expect(reply.payload == [1])
        }
    }

    @Test("it may send and read from anywhere: the order stays, the status comes last", arguments: Security.allCases)
    func elsewhere(security: Security) async throws {
        let worker = Worker()
        let service = ScriptedEcho(
            onUnary: { request, _ in await Task.detached { EchoReply(request.payload) }.value },
            onServerStream: { request, _, replies in try await worker.produce(Int(request.count), replies) },
            onClientStream: { requests, _ in EchoReply(try await worker.join(requests)) })
        try await withLoopback(security, [service]) { loopback in
            let client = try loopback.client()
            let unary = try await client.unary(EchoRequest([5]))
            #expect(unary.payload == [5])
            var received: [UInt8] = []
            for try await reply in try await client.serverStream(EchoRequest([], count: 500)) { received += reply.payload }
            #expect(received == (0..<500).map { UInt8(truncatingIfNeeded: $0) })
            let joined = try await client.clientStream { requests in
                for number in 0..<500 { try await requests.send(EchoRequest([UInt8(truncatingIfNeeded: number)])) }
            }
            #expect(joined.payload == received)
        }
    }

    @Test("several of its tasks may send at once: every message arrives whole, once")
    func severalSenders() async throws {
        let service = ScriptedEcho(onServerStream: { _, _, replies in
            try await withThrowingTaskGroup { group in
                for sender in 0..<10 {
                    group.addTask {
                        for _ in 0..<50 { try await replies.send(EchoReply([UInt8](repeating: UInt8(sender), count: 5_000))) }
                    }
                }
                try await group.waitForAll()
            }
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            var counts = [UInt8: Int]()
            for try await reply in try await loopback.client().serverStream(EchoRequest([])) {
                #expect(reply.payload.count == 5_000 && Set(reply.payload).count == 1)
                counts[reply.payload.first ?? 255, default: 0] += 1
            }
            #expect(counts == Dictionary(uniqueKeysWithValues: (0..<10).map { (UInt8($0), 50) }))
        }
    }

    @Test("its child tasks are cancelled with it")
    func childTasks() async throws {
        let started = Counter()
        let cancelled = Counter()
        let allStarted = Event()
        let service = ScriptedEcho(onUnary: { _, _ in
            try await withThrowingTaskGroup { group in
                for _ in 0..<5 {
                    group.addTask {
                        if started.add() == 5 { allStarted.happen() }
                        do { try await Event().wait() } catch {
                            cancelled.add()
                            throw error
                        }
                    }
                }
                try await group.waitForAll()
            }
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client()
            let task = Task { try await rpcError { try await client.unary(EchoRequest([])) } }
            try await allStarted.wait()
            task.cancel()
            _ = try await task.value
            let areCancelled = await eventually { cancelled.value == 5 }
            #expect(areCancelled)
        }
    }

    @Test("it may call another server, on its own loop, and give on what comes back")
    func nested() async throws {
        try await withLoopback { behind in
            let target = behind.target
            let service = ScriptedEcho(onUnary: { request, call in
                let client = EchoClient(try Channel(target, loop: call.loop))
                return try await client.unary(request)
            })
            try await withLoopback(.cleartext, [service]) { front in
                let client = try front.client()
                for number in 0..<20 as Range<UInt8> {
                    let reply = try await client.unary(EchoRequest([number]))
                    #expect(reply.payload == [number])
                }
            }
        }
    }

    @Test("it may read all first and send later, or the other way round")
    func order() async throws {
        let service = ScriptedEcho(onBidiStream: { requests, _, replies in
            for number in 0..<3 as Range<UInt8> { try await replies.send(EchoReply([number])) }
            var count: UInt8 = 0
            for try await _ in requests { count += 1 }
            try await replies.send(EchoReply([count]))
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let received = try await loopback.client().bidiStream { requests, replies in
                var iterator = replies.makeAsyncIterator()
                var received: [[UInt8]] = []
                for _ in 0..<3 { received.append(try await iterator.next()?.payload ?? []) }
                for _ in 0..<7 { try await requests.send(EchoRequest([])) }
                requests.finish()
                received.append(try await iterator.next()?.payload ?? [])
                #expect(try await iterator.next() == nil)
                return received
            }
            #expect(received == [[0], [1], [2], [7]])
        }
    }
}
