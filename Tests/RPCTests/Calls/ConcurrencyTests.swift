import BenchAPI
import HTTP2
import Net
import RPC
import Testing

@Suite("Many calls and connections", .timeLimit(.minutes(5))) struct ConcurrencyTests {
    @Test(
        "a thousand calls over a connection of a hundred streams: the rest waits in the client, none is refused",
        arguments: Security.allCases)
    func thousand(security: Security) async throws {
        let running = Counter()
        let full = Event()
        let service = ScriptedEcho(onUnary: { request, _ in
            // The first hundred stay until all hundred are there.
            if running.add() == 100 { full.happen() }
            try await full.wait()
            running.add(-1)
            return EchoReply(request.payload)
        })
        try await withLoopback(security, [service]) { loopback in
            let client = try loopback.client { $0.limits.connectionsPerAddress = 1 }
            try await withThrowingTaskGroup { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let payload = [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
                        let reply = try await client.unary(EchoRequest(payload))
                        #expect(reply.payload == payload)
                    }
                }
                try await group.waitForAll()
            }
            #expect(running.highest == 100)
            #expect(loopback.server.connectionCounts == [1])
        }
    }

    @Test("a call that waits for a stream can be cancelled, and takes none")
    func cancelledInTheQueue() async throws {
        let holding = Counter()
        let full = Event()
        let release = Event()
        let service = ScriptedEcho(onUnary: { _, _ in
            if holding.add() == 2 { full.happen() }
            try await release.wait()
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service], { $0.connectionLimits.concurrentStreams = 2 }) { loopback in
            let client = try loopback.client { $0.limits.connectionsPerAddress = 1 }
            async let first = client.unary(EchoRequest([]))
            async let second = client.unary(EchoRequest([]))
            try await full.wait()
            let third = Task { try await rpcError { try await client.unary(EchoRequest([])) } }
            let timedOut = try await rpcError { try await client.unary(EchoRequest([]), CallOptions(timeout: .milliseconds(20))) }
            #expect(timedOut.code == .deadlineExceeded)
            third.cancel()
            #expect(try await third.value.code == .cancelled)
            release.happen()
            _ = try await (first, second)
            #expect(holding.value == 2)
            _ = try await client.unary(EchoRequest([]))
            #expect(holding.value == 3)
        }
    }

    @Test("five hundred calls cancelled at any moment leave no stream and no handler behind", arguments: [UInt64(1), 2])
    func cancelStorm(seed: UInt64) async throws {
        print("seed \(seed)")
        try await withLoopback(.cleartext, [EchoService()], { $0.connectionLimits.resets.burst = 10_000 }) { loopback in
            let client = try loopback.client()
            await withTaskGroup { group in
                for number in 0..<500 {
                    group.addTask {
                        let timeout = Duration.microseconds((UInt64(number) &* seed &* 7_919) % 20_000)
                        do {
                            for try await _ in try await client.serverStream(EchoRequest([1], count: 50), CallOptions(timeout: timeout)) {}
                        } catch let error as RPCError {
                            #expect(error.code == .deadlineExceeded)
                        } catch {
                            Issue.record("\(error)")
                        }
                    }
                }
            }
            // All hundred streams are free again.
            try await withThrowingTaskGroup { group in
                for _ in 0..<100 { group.addTask { _ = try await client.unary(EchoRequest([2])) } }
                try await group.waitForAll()
            }
            let isIdle = await eventually { loopback.server.runningCalls == 0 }
            #expect(isIdle)
        }
    }

    @Test("four connections on two loops are two and two; when two of them go, the next ones take their places")
    func spread() async throws {
        try await withLoopback(loops: 2) { loopback in
            var clients: [EchoClient] = []
            for _ in 0..<4 {
                clients.append(try loopback.client())
                _ = try await clients[clients.count - 1].unary(EchoRequest([]))
            }
            #expect(loopback.server.connectionCounts == [2, 2])
            await clients[0].channel.close()
            await clients[2].channel.close()
            let gone = await eventually { loopback.server.connectionCounts.reduce(0, +) == 2 }
            #expect(gone)
            for _ in 0..<2 {
                clients.append(try loopback.client())
                _ = try await clients[clients.count - 1].unary(EchoRequest([]))
            }
            #expect(loopback.server.connectionCounts == [2, 2])
        }
    }

    @Test("a second server on the port is refused, with a sentence")
    func portTaken() async throws {
        try await withLoopback { loopback in
            let group = try EventLoopGroup(count: 1)
            defer { group.shutdown() }
            let second = try Server(services: [EchoService()], loops: group)
            await #expect {
                try await second.start(on: loopback.address)
            } throws: { error in
                "\(error)".contains("Address already in use") && "\(error)".contains("\(loopback.address)")
            }
        }
    }
}
