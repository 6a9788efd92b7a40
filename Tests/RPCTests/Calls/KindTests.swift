import BenchAPI
import Protobuf
import RPC
import Testing

@Suite("The four kinds of call", .timeLimit(.minutes(5))) struct KindTests {
    @Test("unary: one request, one reply", arguments: Security.allCases, [0, 1, 20, 100_000])
    func unary(security: Security, bytes: Int) async throws {
        try await withLoopback(security) { loopback in
            let client = try loopback.client()
            let payload = (0..<bytes).map { UInt8(truncatingIfNeeded: $0) }
            #expect(try await client.unary(EchoRequest(payload)).payload == payload)
        }
    }

    @Test("server streaming: replies come in order, then the end", arguments: Security.allCases, [0, 1, 1_000] as [Int32])
    func serverStreaming(security: Security, count: Int32) async throws {
        let service = ScriptedEcho(onServerStream: { request, _, replies in
            for number in 0..<request.count { try await replies.send(EchoReply([UInt8(truncatingIfNeeded: number)])) }
        })
        try await withLoopback(security, [service]) { loopback in
            let client = try loopback.client()
            var received: [[UInt8]] = []
            for try await reply in try await client.serverStream(EchoRequest([], count: count)) { received.append(reply.payload) }
            #expect(received == (0..<count).map { [UInt8(truncatingIfNeeded: $0)] })
        }
    }

    @Test("client streaming: requests come in order, then one reply", arguments: Security.allCases, [0, 1, 1_000])
    func clientStreaming(security: Security, count: Int) async throws {
        try await withLoopback(security) { loopback in
            let client = try loopback.client()
            let reply = try await client.clientStream { requests in
                for number in 0..<count { try await requests.send(EchoRequest([UInt8(truncatingIfNeeded: number)])) }
            }
            #expect(reply.payload == (0..<count).map { UInt8(truncatingIfNeeded: $0) })
        }
    }

    @Test("bidirectional: each request is answered before the next is sent", arguments: Security.allCases)
    func pingPong(security: Security) async throws {
        try await withLoopback(security) { loopback in
            let client = try loopback.client()
            let count = try await client.bidiStream { requests, replies in
                var iterator = replies.makeAsyncIterator()
                for number in 0..<200 {
                    try await requests.send(EchoRequest([UInt8(truncatingIfNeeded: number)]))
                    let reply = try await iterator.next()
                    #expect(reply?.payload == [UInt8(truncatingIfNeeded: number)])
                }
                requests.finish()
                #expect(try await iterator.next() == nil)
                return 200
            }
            #expect(count == 200)
        }
    }

    @Test("bidirectional: both sides may send at once", arguments: Security.allCases)
    func bothAtOnce(security: Security) async throws {
        try await withLoopback(security) { loopback in
            let client = try loopback.client()
            let payload = [UInt8](repeating: 5, count: 10_000)
            let received = try await client.bidiStream { requests, replies in
                async let sent: Void = {
                    for _ in 0..<300 { try await requests.send(EchoRequest(payload)) }
                    requests.finish()
                }()
                var received = 0
                for try await reply in replies {
                    #expect(reply.payload.count == 10_000)
                    received += 1
                }
                try await sent
                return received
            }
            #expect(received == 300)
        }
    }

    @Test("calls of all kinds share one connection", arguments: Security.allCases)
    func shared(security: Security) async throws {
        try await withLoopback(security) { loopback in
            let client = try loopback.client { $0.limits.connectionsPerAddress = 1 }
            try await withThrowingTaskGroup { group in
                for number in 0..<50 {
                    let payload = [UInt8(number)]
                    group.addTask {
                        let reply = try await client.unary(EchoRequest(payload))
                        #expect(reply.payload == payload)
                    }
                    group.addTask {
                        var count = 0
                        for try await reply in try await client.serverStream(EchoRequest(payload, count: 10)) {
                            #expect(reply.payload == payload)
                            count += 1
                        }
                        #expect(count == 10)
                    }
                    group.addTask {
                        let reply = try await client.clientStream { try await $0.send(EchoRequest(payload)) }
                        #expect(reply.payload == payload)
                    }
                }
                try await group.waitForAll()
            }
            #expect(loopback.server.connectionCounts == [1])
        }
    }

    @Test("a call may be made as bytes, by its path")
    func bytes() async throws {
        try await withLoopback { loopback in
            let client = try loopback.client()
            let reply = try await client.channel.unary(path: "/bench.v1.Echo/Unary", message: EchoRequest([4, 2]).encoded())
            #expect(try EchoReply(decoding: reply).payload == [4, 2])
        }
    }

    @Test("a channel may be used from any thread, its own loop included")
    func fromTheLoop() async throws {
        try await withLoopback { loopback in
            let client = try loopback.client()
            let task = Task(executorPreference: loopback.loop) { try await client.unary(EchoRequest([1])).payload }
            #expect(try await task.value == [1])
        }
    }
}
