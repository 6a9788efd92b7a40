import BenchAPI
import Glibc
import HTTP2
import Net
import Protobuf
import RPC
import Testing

/// Several addresses behind one channel.
@Suite("Several addresses", .timeLimit(.minutes(2))) struct AddressListTests {
    private static let answer: FrameServer.Script = { .reply(EchoReply([7]).encoded(), on: $0.stream) }

    private func withServers(_ count: Int, _ body: (EventLoop, [FrameServer]) async throws -> Void) async throws {
        let loop = try EventLoop(name: "servers")
        defer { loop.shutdown() }
        var servers: [FrameServer] = []
        for _ in 0..<count { servers.append(try await FrameServer.start(on: loop, Self.answer)) }
        try await body(loop, servers)
        for server in servers { try await server.stop() }
    }

    private func target(_ servers: [FrameServer]) -> String { "ipv4:" + servers.map { "\($0.address)" }.joined(separator: ",") }

    @Test("pick_first takes the first that answers, and stays with it")
    func pickFirst() async throws {
        try await withServers(3) { loop, servers in
            try await servers[0].stop()
            let channel = try Channel(target(servers), loop: loop)
            for _ in 0..<5 { _ = try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(try await servers[1].requests().count == 5)
            #expect(try await servers[2].connectionCount() == 0)
            // When it goes, the next one serves.
            try await servers[1].stop()
            let isGone = await eventually { channel.connectivity.state == .idle }
            #expect(isGone)
            _ = try await EchoClient(channel).unary(EchoRequest([]))
            #expect(try await servers[2].requests().count == 1)
            await channel.close()
        }
    }

    @Test("an address that says nothing holds up nobody: the next is tried beside it")
    func happyEyeballs() async throws {
        let loop = try EventLoop(name: "servers")
        defer { loop.shutdown() }
        let silent = try await FrameServer.start(on: loop, greeting: [], Self.answer)
        let server = try await FrameServer.start(on: loop, Self.answer)
        let channel = try Channel(target([silent, server]), loop: loop)
        _ = try await EchoClient(channel).unary(EchoRequest([]))
        #expect(try await server.requests().count == 1)
        let isLetGo = await eventually { (try? await silent.openConnections()) == 0 }
        #expect(isLetGo)
        await channel.close()
        try await silent.stop()
        try await server.stop()
    }

    @Test("round_robin gives each as many calls, and goes on without one that is gone")
    func roundRobin() async throws {
        try await withServers(3) { loop, servers in
            var configuration = Channel.Configuration()
            configuration.balancing = .roundRobin
            configuration.names = ["echo": servers.map(\.address)]
            let channel = try Channel("static:echo", configuration: configuration, loop: loop)
            let areReady = await eventually {
                try? await channel.connect()
                return await channel.snapshot().addresses.filter { $0.state == .ready }.count == 3
            }
            #expect(areReady)
            for _ in 0..<30 { _ = try await EchoClient(channel).unary(EchoRequest([])) }
            for server in servers { #expect(try await server.requests().count == 10) }
            #expect(try await servers[0].requests().first?.fields[":authority"] == "echo")
            try await servers[1].stop()
            let isNoticed = await eventually { await channel.snapshot().addresses.filter { $0.state == .ready }.count == 2 }
            #expect(isNoticed)
            for _ in 0..<10 { _ = try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(try await servers[0].requests().count == 15)
            #expect(try await servers[2].requests().count == 15)
            await channel.close()
        }
    }

    @Test("when none answers, the error names each")
    func none() async throws {
        try await withServers(2) { loop, servers in
            for server in servers { try await server.stop() }
            let channel = try Channel(target(servers), loop: loop)
            let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(error.code == .unavailable)
            for server in servers { #expect(error.message.contains("\(server.address)")) }
            #expect(error.cause?.kind == .connect(errno: ECONNREFUSED))
            await channel.close()
        }
    }

    @Test("new addresses of a name replace the old ones, and calls in flight go on")
    func replaced() async throws {
        try await withServers(2) { loop, servers in
            let isMoved = Event()
            var configuration = Channel.Configuration()
            configuration.limits.leastResolutionInterval = .zero
            configuration.backoff.initial = .milliseconds(1)
            let addresses = servers.map(\.address)
            configuration.lookUp = { _, _ in isMoved.hasHappened ? [addresses[1]] : [addresses[0]] }
            let channel = try Channel("dns:///some.name:80", configuration: configuration, loop: loop)
            _ = try await EchoClient(channel).unary(EchoRequest([]))
            isMoved.happen()
            try await servers[0].stop()
            let isFound = await eventually { (try? await EchoClient(channel).unary(EchoRequest([])).payload) == [7] }
            #expect(isFound)
            #expect(try await servers[1].requests().count == 1)
            await channel.close()
        }
    }
}
