import BenchAPI
import HTTP2
import Net
import RPC
import TestSupport
import Testing

@Suite("Connections that proxies forward", .timeLimit(.minutes(5))) struct ProxiedConnectionTests {
    /// Version 2 of the PROXY protocol: PROXY, TCP over IPv4, from 192.0.2.7 port 4711.
    private static let header: [UInt8] =
        [
            0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0, 12, 192, 0, 2, 7, 127, 0, 0, 1, 0x12,
            0x67, 0x1D, 0x13,
        ]
    /// LOCAL: the proxy looks whether we are there.
    private static let local: [UInt8] = Array(header.prefix(12)) + [0x20, 0, 0, 0]

    private func open(_ loopback: Loopback) async throws -> RawConnection {
        try await RawConnection.open(to: loopback.address, on: loopback.loop, greeting: false)
    }

    /// A server behind a proxy of this machine, and the addresses that its calls came from.
    private func behindProxy(
        _ security: Security = .cleartext, proxies: [String] = ["127.0.0.0/8"],
        _ configure: (inout Server.Configuration) -> Void = { _ in },
        _ body: (Loopback, Record<String>) async throws -> Void
    ) async throws {
        let callers = Record<String>()
        let note = Interceptor { call, next in
            callers.append("\(call.peer.address)")
            try await next(call)
        }
        let ranges = try proxies.map { try AddressRange($0) }
        try await withLoopback(
            security, [EchoService()], interceptors: [note],
            {
                $0.proxies = ranges
                configure(&$0)
            }
        ) { try await body($0, callers) }
    }

    private func call(_ raw: RawConnection) async throws {
        try await raw.send(RawFrame.preface + RawFrame.settings().bytes)
        try await raw.send(.headers(1, RawFrame.call()), .data(1, RawFrame.message([]), end: true))
        #expect(try await raw.reply(1).status == "0")
    }

    @Test("calls of a forwarded connection come from the client's address, in whatever pieces the header came", arguments: [1, 16, 28])
    func forwarded(step: Int) async throws {
        try await behindProxy { loopback, callers in
            let raw = try await open(loopback)
            for start in stride(from: 0, to: Self.header.count, by: step) {
                try await raw.send(Array(Self.header[start..<min(Self.header.count, start + step)]))
            }
            try await call(raw)
            #expect(callers.all == ["192.0.2.7:4711"])
            await raw.close()
        }
    }

    @Test("a proxy's own connection comes from the proxy")
    func local() async throws {
        try await behindProxy { loopback, callers in
            let raw = try await open(loopback)
            try await raw.send(Self.local)
            try await call(raw)
            #expect(callers.all.count == 1 && callers.all[0].hasPrefix("127.0.0.1:"))
            await raw.close()
        }
    }

    @Test("what a proxy sends without a header, or behind one of version 1, is refused", arguments: [true, false])
    func headless(isText: Bool) async throws {
        try await behindProxy { loopback, callers in
            let raw = try await open(loopback)
            try await raw.post(isText ? Array("PROXY TCP4 192.0.2.7 127.0.0.1 4711 443\r\n".utf8) : RawFrame.preface)
            try await raw.untilEnd()
            #expect(loopback.server.violations == [.proxyHeader: 1])
            let isEmpty = await eventually { loopback.server.http.admissions == (0, 0) && loopback.server.connectionCounts == [0] }
            #expect(isEmpty)
            #expect(callers.all.isEmpty)
        }
    }

    @Test("a header from elsewhere is not believed: to TLS it is no handshake, to HTTP/2 no preface", arguments: Security.allCases)
    func unlisted(security: Security) async throws {
        let told = Record<HandshakeFailure>()
        try await behindProxy(security, proxies: ["10.0.0.0/8", "::1"], { $0.handshakeFailed = { told.append($0) } }) { loopback, callers in
            let raw = try await open(loopback)
            try await raw.post(Self.header + RawFrame.preface + RawFrame.settings().bytes)
            try await raw.untilEnd()
            if security == .mutualTLS {
                let isTold = await eventually { told.all.count == 1 }
                #expect(isTold)
                #expect(told.all.first?.address.isLoopback == true)
            }
            #expect(callers.all.isEmpty)
            #expect(loopback.server.violations[.proxyHeader] == nil)
            try await loopback.expectHealthy()
        }
    }

    @Test("limits of an address are the client's, not its proxy's")
    func limits() async throws {
        try await behindProxy(.cleartext, { $0.connectionLimits.connectionsPerAddress = 1 }) { loopback, _ in
            let first = try await open(loopback)
            try await first.send(Self.header)
            try await call(first)
            let second = try await open(loopback)
            try await second.post(Self.header)
            try await second.untilEnd()
            #expect(loopback.server.violations == [.tooManyConnections: 1])
            var other = Self.header
            other[19] = 8
            let third = try await open(loopback)
            try await third.send(other)
            try await call(third)
            for raw in [first, third] { await raw.close() }
            let isEmpty = await eventually { loopback.server.http.admissions == (0, 0) }
            #expect(isEmpty)
        }
    }

    @Test("a proxy that does not say whose a connection is loses it, and no place is taken by it")
    func silent() async throws {
        try await behindProxy(.cleartext, { $0.connectionLimits.handshakeTimeout = .milliseconds(50) }) { loopback, _ in
            let raw = try await open(loopback)
            try await raw.post(Array(Self.header.prefix(20)))
            try await raw.untilEnd()
            #expect(loopback.server.violations == [.handshakeTimeout: 1])
            let isEmpty = await eventually { loopback.server.http.admissions == (0, 0) && loopback.server.connectionCounts == [0] }
            #expect(isEmpty)
        }
    }

    @Test(
        "a proxy that goes in the middle of its header, and a server that drains meanwhile, leave nothing behind", arguments: [true, false])
    func gone(isDrained: Bool) async throws {
        try await behindProxy { loopback, _ in
            let raw = try await open(loopback)
            try await raw.send(Array(Self.header.prefix(20)))
            let isThere = await eventually { loopback.server.http.admissions.handshakes == 1 }
            #expect(isThere)
            if isDrained { await loopback.server.drain(grace: .zero) } else { await raw.close() }
            let isEmpty = await eventually { loopback.server.http.admissions == (0, 0) && loopback.server.connectionCounts == [0] }
            #expect(isEmpty)
            await raw.close()
        }
    }
}
