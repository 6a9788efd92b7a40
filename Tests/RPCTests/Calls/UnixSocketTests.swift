import BenchAPI
import Glibc
import HTTP2
import Net
import RPC
import TLS
import TestSupport
import Testing

@Suite("Unix sockets", .timeLimit(.minutes(5)))
struct UnixSocketTests {
    /// What a server sees of the process that calls it.
    private func process(_ security: Security, at address: SocketAddress) async throws -> (seen: [ProcessCredentials?], described: [String])
    {
        let seen = Record<ProcessCredentials?>()
        let described = Record<String>()
        var service = ScriptedEcho()
        service.onUnary = { request, call in
            seen.append(call.peer.process)
            described.append("\(call.peer.address)")
            return EchoReply(request.payload)
        }
        let group = try EventLoopGroup(count: 1)
        let loop = try EventLoop(name: "client")
        defer {
            group.shutdown()
            loop.shutdown()
        }
        var ours = Server.Configuration()
        var theirs = Channel.Configuration()
        if security == .mutualTLS {
            ours.tls = try TestPKI.shared.serverContext()
            theirs.tls = try TestPKI.shared.clientContext()
            theirs.serverName = "localhost"
        }
        let server = try Server(services: [service], configuration: ours, loops: group)
        let bound = try await server.start(on: address)
        let client = EchoClient(try Channel("\(bound)", configuration: theirs, loop: loop))
        for number: UInt8 in 1...2 {
            #expect(try await client.unary(EchoRequest([number]), CallOptions(timeout: .seconds(120))).payload == [number])
        }
        await client.channel.close()
        await server.drain(grace: .zero)
        return (seen.all, described.all)
    }

    @Test("a handler sees which process calls, and whose it is, in cleartext and over TLS", arguments: Security.allCases)
    func credentials(_ security: Security) async throws {
        let path = "/tmp/switchboard-test-\(getpid())-\(UInt32.random(in: 0 ... .max))-\(security).sock"
        defer { unsafe unlink(path) }
        let (seen, described) = try await process(security, at: SocketAddress(unixPath: path))
        let own = ProcessCredentials(processID: getpid(), userID: geteuid(), groupID: getegid())
        #expect(seen == [own, own])
        #expect(described == ["unix:", "unix:"])
        #expect(own.description == "process \(getpid()) of user \(geteuid()), group \(getegid())")
    }

    @Test("of a TCP connection the kernel tells nothing, though both ends are here", arguments: Security.allCases)
    func tcp(_ security: Security) async throws {
        let (seen, _) = try await process(security, at: SocketAddress(ip: "127.0.0.1", port: 0))
        #expect(seen == [nil, nil])
    }
}
