import BenchAPI
import HTTP2
import Net
import RPC
import TLS
import TestSupport
import Testing

enum Security: CaseIterable {
    case cleartext
    case mutualTLS
}

/// A server on a free port of loopback, on loops of its own, and channels to it.
struct Loopback: Sendable {
    let security: Security
    let server: Server
    let address: SocketAddress
    /// The loop of the clients.
    let loop: EventLoop

    var target: String { "\(address)" }

    /// A channel, and a client of Echo on it.
    func client(_ configure: (inout Channel.Configuration) -> Void = { _ in }) throws -> EchoClient {
        var configuration = Channel.Configuration()
        if security == .mutualTLS {
            configuration.tls = try TestPKI.shared.clientContext()
            configuration.serverName = "localhost"
        }
        configure(&configuration)
        return EchoClient(try Channel(target, configuration: configuration, loop: loop))
    }

    /// Bytes of our own choice to a server that speaks cleartext.
    func raw() async throws -> RawConnection {
        try await RawConnection.open(to: address, on: loop)
    }

    /// That the server lives, that it holds no call, and no connection but `connections`; that it lives, when this is nil.
    func expectHealthy(connections: Int? = 0, _ location: SourceLocation = #_sourceLocation) async throws {
        if let connections {
            let isIdle = await eventually { server.runningCalls == 0 && server.connectionCounts.reduce(0, +) == connections }
            let left = "\(server.runningCalls) calls and \(server.connectionCounts) connections are left over"
            #expect(isIdle, "\(left)", sourceLocation: location)
        }
        let fresh = try client()
        let reply = try await fresh.unary(EchoRequest([1, 2, 3]), CallOptions(timeout: .seconds(120)))
        #expect(reply.payload == [1, 2, 3], sourceLocation: location)
        await fresh.channel.close()
    }
}

/// Runs `body` against a server of its own; afterwards no call and no connection may be left.
func withLoopback(
    _ security: Security = .cleartext, _ services: [any Service] = [EchoService()], interceptors: [any ServerInterceptor] = [],
    loops: Int = 1, _ configure: (inout Server.Configuration) -> Void = { _ in },
    location: SourceLocation = #_sourceLocation, _ body: (Loopback) async throws -> Void
) async throws {
    let group = try EventLoopGroup(count: loops)
    let loop = try EventLoop(name: "client")
    defer {
        group.shutdown()
        loop.shutdown()
    }
    var configuration = Server.Configuration()
    if security == .mutualTLS { configuration.tls = try TestPKI.shared.serverContext() }
    // Raw clients learn by a PING that all they sent was seen.
    configuration.connectionLimits.permittedPingInterval = .zero
    configuration.connectionLimits.permittedIdlePingInterval = .zero
    configuration.connectionLimits.pings.burst = 10_000
    // They acknowledge no SETTINGS either, and may be slow on a busy machine.
    configuration.connectionLimits.settingsTimeout = .seconds(3_600)
    configuration.connectionLimits.handshakeTimeout = .seconds(3_600)
    configure(&configuration)
    let server = try Server(services: services, interceptors: interceptors, configuration: configuration, loops: group)
    let address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
    let loopback = Loopback(security: security, server: server, address: address, loop: loop)
    do {
        try await body(loopback)
    } catch {
        await server.drain(grace: .zero)
        throw error
    }
    await server.drain(grace: .zero)
    #expect(server.connectionCounts.allSatisfy { $0 == 0 }, sourceLocation: location)
    let idle = await eventually { server.runningCalls == 0 }
    #expect(idle, "\(server.runningCalls) handlers never returned", sourceLocation: location)
}

/// The error that `body` throws; fails the test when there is none.
func rpcError(_ location: SourceLocation = #_sourceLocation, _ body: () async throws -> some Any) async throws -> RPCError {
    do {
        let value = try await body()
        Issue.record("no error, but \(value)", sourceLocation: location)
    } catch let error as RPCError {
        return error
    }
    throw RPCError(.dataLoss, "the call that had to fail did not")
}

extension Loopback {
    /// The same once `raw` is closed from this side.
    func expectHealthyAfterClosing(_ raw: RawConnection, _ location: SourceLocation = #_sourceLocation) async throws {
        await raw.close()
        try await expectHealthy(connections: 0, location)
    }
}
