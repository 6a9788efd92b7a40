import BenchAPI
import HTTP2
import Net
import Protobuf
import RPC
import Testing

/// Calls that wait for a stream, and the connections that are made for them.
@Suite("Calls that wait", .timeLimit(.minutes(2))) struct WaitingCallTests {
    /// Two streams on a connection, and no second connection.
    private static func narrow(_ configuration: inout Channel.Configuration) {
        configuration.limits.connectionsPerAddress = 1
    }

    private static let two = [RawFrame.settings([(3, 2)])]

    /// Begins calls that their server never answers, and waits until it has them.
    private func fill(_ channel: Channel, _ server: FrameServer, _ count: Int) async throws -> [Task<RPCError, any Error>] {
        try await channel.connect()
        let calls = (0..<count).map { _ in Task { try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) } } }
        let isFull = await eventually { (try? await server.requests().count) == count }
        #expect(isFull)
        return calls
    }

    @Test("the queue's length can be asked for, and whoever is cancelled leaves it")
    func length() async throws {
        try await withFrameServer(greeting: Self.two, Self.narrow) { _ in
            []
        } _: { server, channel in
            _ = try await fill(channel, server, 2)
            #expect(channel.waitingCalls == 0)
            let waiting = (0..<3).map { _ in Task { try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) } } }
            let areThree = await eventually { channel.waitingCalls == 3 }
            #expect(areThree)
            let snapshot = await channel.snapshot()
            #expect(snapshot.waitingCalls == 3 && snapshot.calls == 5)
            #expect(snapshot.addresses.map(\.streams) == [2] && snapshot.addresses.map(\.connections) == [1])
            waiting[1].cancel()
            #expect(try await waiting[1].value.code == .cancelled)
            #expect(channel.waitingCalls == 2)
        }
    }

    @Test("a full queue refuses, and says how many wait for what")
    func full() async throws {
        try await withFrameServer(
            greeting: Self.two,
            { configuration in
                Self.narrow(&configuration)
                configuration.limits.waitingCalls = 1
            }
        ) { _ in
            []
        } _: { server, channel in
            _ = try await fill(channel, server, 2)
            let waiting = Task { try? await EchoClient(channel).unary(EchoRequest([])) }
            let isOne = await eventually { channel.waitingCalls == 1 }
            #expect(isOne)
            let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(error.code == .resourceExhausted)
            #expect(error.cause?.kind == .queueFull(limit: 1))
            #expect(error.message.contains("1 calls wait") && error.message.contains("every stream"))
            waiting.cancel()
            _ = await waiting.value
        }
    }

    @Test("a deadline that passes in the queue says so, and for how long the call waited")
    func deadline() async throws {
        try await withFrameServer(greeting: Self.two, Self.narrow) { _ in
            []
        } _: { server, channel in
            _ = try await fill(channel, server, 2)
            let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([]), CallOptions(timeout: .milliseconds(50))) }
            #expect(error.code == .deadlineExceeded)
            #expect(error.cause?.kind == .deadline(.queue))
            #expect(error.cause?.attempts == 0)
            let waited = try #require(error.cause?.timeInQueue)
            #expect(waited >= .milliseconds(30))
            #expect(error.message.contains("every stream that the server allows is in use on 1 connections"))
            #expect(channel.waitingCalls == 0)
        }
    }

    @Test("a server that raises its limit is heard")
    func raisedLimit() async throws {
        try await withFrameServer(greeting: [.settings([(3, 0)])], Self.narrow) { request in
            .reply(EchoReply([7]).encoded(), on: request.stream)
        } _: { server, channel in
            async let reply = EchoClient(channel).unary(EchoRequest([]))
            let isWaiting = await eventually { channel.waitingCalls == 1 && channel.connectivity.state == .ready }
            #expect(isWaiting)
            try await server.send(.settings([(3, 10)]))
            #expect(try await reply.payload == [7])
        }
    }

    @Test("further connections are made when the streams run out, no more than the limit says")
    func further() async throws {
        try await withFrameServer(greeting: Self.two, { $0.limits.connectionsPerAddress = 3 }) { _ in
            []
        } _: { server, channel in
            let calls = (0..<8).map { _ in Task { try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) } } }
            let isFull = await eventually { (try? await server.requests().count) == 6 && channel.waitingCalls == 2 }
            #expect(isFull)
            let order = try await server.requests().map(\.connection).sorted()
            #expect(order == [0, 0, 1, 1, 2, 2])
            for call in calls { call.cancel() }
            for call in calls {
                let code = try await call.value.code
                #expect(code == .cancelled)
            }
        }
    }

    @Test("calls of one stream limit over four connections all arrive")
    func scaled() async throws {
        let running = Counter()
        let service = ScriptedEcho(onUnary: { request, _ in
            running.add()
            // Until all streams of all connections are in use.
            let isHigh = await eventually { running.highest == 40 }
            #expect(isHigh)
            running.add(-1)
            return EchoReply(request.payload)
        })
        try await withLoopback(.mutualTLS, [service], { $0.connectionLimits.concurrentStreams = 10 }) { loopback in
            let client = try loopback.client()
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let reply = try await client.unary(EchoRequest([UInt8(number)]))
                        #expect(reply.payload == [UInt8(number)])
                    }
                }
                try await group.waitForAll()
            }
            #expect(running.highest == 40)
            #expect(loopback.server.connectionCounts == [4])
        }
    }
}
