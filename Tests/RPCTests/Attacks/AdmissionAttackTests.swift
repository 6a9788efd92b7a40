import BenchAPI
import Crypto
import HTTP2
import Net
import RPC
import TLS
import TestSupport
import Testing

@Suite("Connections that are not let in", .timeLimit(.minutes(5))) struct AdmissionAttackTests {
    private func open(_ loopback: Loopback) async throws -> RawConnection {
        try await RawConnection.open(to: loopback.address, on: loopback.loop, greeting: false)
    }

    @Test("who begins many handshakes is closed, until one of them is over; connections that stand go on", arguments: Security.allCases)
    func handshakes(security: Security) async throws {
        try await withLoopback(security, [EchoService()], { $0.connectionLimits.handshakes = 3 }) { loopback in
            let client = try loopback.client()
            _ = try await client.unary(EchoRequest([1]))
            var halfOpen: [RawConnection] = []
            for _ in 0..<3 { halfOpen.append(try await open(loopback)) }
            let areThere = await eventually { loopback.server.http.admissions.handshakes == 3 }
            #expect(areThere)
            try await open(loopback).untilEnd()
            #expect(loopback.server.violations == [.tooManyHandshakes: 1])
            _ = try await client.unary(EchoRequest([2]))
            await halfOpen[0].close()
            let isFree = await eventually { loopback.server.http.admissions.handshakes == 2 }
            #expect(isFree)
            let other = try loopback.client()
            _ = try await other.unary(EchoRequest([3]))
            for channel in [client.channel, other.channel] { await channel.close() }
            for raw in halfOpen { await raw.close() }
            try await loopback.expectHealthy()
            let isEmpty = await eventually { loopback.server.http.admissions == (0, 0) }
            #expect(isEmpty)
        }
    }

    @Test("an address has as many connections as it may; the next is closed, and let in when one of them is gone")
    func addresses() async throws {
        try await withLoopback(.cleartext, [EchoService()], { $0.connectionLimits.connectionsPerLoopbackAddress = 2 }) { loopback in
            let first = try await loopback.raw()
            let second = try await loopback.raw()
            try await first.roundTrip()
            try await second.roundTrip()
            try await open(loopback).untilEnd()
            #expect(loopback.server.violations == [.tooManyConnections: 1])
            try await first.roundTrip()
            await second.close()
            let isFree = await eventually { loopback.server.connectionCounts == [1] }
            #expect(isFree)
            let third = try await loopback.raw()
            try await third.roundTrip()
            await third.close()
            try await loopback.expectHealthyAfterClosing(first)
            #expect(loopback.server.violations == [.tooManyConnections: 1])
        }
    }

    @Test(
        "SEC-9 · an address whose handshakes fail, or never end, is closed unread until that is forgotten; who was let in before goes on",
        arguments: [[22, 3, 1], Array("GET / HTTP/1.1\r\n\r\n".utf8)] as [[UInt8]])
    func failures(opening: [UInt8]) async throws {
        try await withLoopback(
            .mutualTLS, [EchoService()],
            { configuration in
                configuration.connectionLimits.failedHandshakesPerLoopbackAddress = HTTP2.Limits.Rate(burst: 3, perSecond: 0)
            }
        ) { loopback in
            let client = try loopback.client()
            _ = try await client.unary(EchoRequest([1]))
            for count in 1...3 {
                let raw = try await open(loopback)
                try await raw.post(opening)
                if opening.count == 3 { await raw.close() } else { try await raw.untilEnd() }
                let isCounted = await eventually { loopback.server.handshakes.values.reduce(0, +) == count + 1 }
                #expect(isCounted)
            }
            #expect(loopback.server.violations == [:])
            try await open(loopback).untilEnd()
            #expect(loopback.server.violations == [.failedHandshakes: 1])
            // Without a handshake of its own it has failed none.
            #expect(loopback.server.handshakes.values.reduce(0, +) == 4)
            _ = try await client.unary(EchoRequest([2]))
            await client.channel.close()
        }
    }

    @Test("SEC-9 · a certificate that is not accepted is a handshake that failed; one that is takes it back")
    func certificates() async throws {
        try await withLoopback(
            .mutualTLS, [EchoService()],
            { configuration in
                configuration.connectionLimits.failedHandshakesPerLoopbackAddress = HTTP2.Limits.Rate(burst: 2, perSecond: 0)
            }
        ) { loopback in
            for count in 1...5 {
                let raw = try await open(loopback)
                try await raw.post(Array("GET / HTTP/1.1\r\n\r\n".utf8))
                try await raw.untilEnd()
                let isCounted = await eventually { loopback.server.handshakes[.unexpectedMessage] == count }
                #expect(isCounted)
                let client = try loopback.client()
                _ = try await client.unary(EchoRequest([1]), CallOptions(timeout: .seconds(120)))
                await client.channel.close()
            }
            #expect(loopback.server.violations == [:])
            let foreign = try loopback.client { $0.tls = try? TestPKI.shared.clientContext(TestPKI.shared.foreignClient) }
            _ = try await rpcError { try await foreign.unary(EchoRequest([1]), CallOptions(timeout: .seconds(600))) }
            let isNoticed = await eventually { loopback.server.handshakes[.certificateAuthorityInvalid] != nil }
            #expect(isNoticed)
            await foreign.channel.close()
        }
    }

    // MARK: How handshakes end

    static let openings: [[UInt8]] = [Array("GET / HTTP/1.1\r\n\r\n".utf8), RawFrame.preface, [21, 3, 3, 0, 2, 2, 51]]

    @Test("a handshake that fails is counted by its name, and told with the address and the reason", arguments: openings)
    func failed(opening: [UInt8]) async throws {
        let told = Record<HandshakeFailure>()
        try await withLoopback(.mutualTLS, [EchoService()], { $0.handshakeFailed = { told.append($0) } }) { loopback in
            let raw = try await open(loopback)
            try await raw.post(opening)
            try await raw.untilEnd()
            let isTold = await eventually { told.all.count == 1 }
            #expect(isTold)
            let failure = try #require(told.all.first)
            #expect(failure.result == TLSHandshakeResult.unexpectedMessage, "\(failure)")
            #expect(loopback.server.handshakes == [failure.result: 1])
            #expect(failure.address.isLoopback)
            #expect(failure.description.hasPrefix("\(failure.address) was not let in: "))
            #expect(failure.description.hasSuffix("(\(failure.result.rawValue))"))
            try await loopback.expectHealthy()
            #expect(loopback.server.handshakes == [failure.result: 1, .success: 1])
        }
    }

    @Test("who ends the connection, or says nothing, in the middle of a handshake is told as that", arguments: [true, false])
    func silent(isEnded: Bool) async throws {
        let told = Record<HandshakeFailure>()
        try await withLoopback(
            .mutualTLS, [EchoService()],
            {
                if !isEnded { $0.connectionLimits.handshakeTimeout = .milliseconds(50) }
                $0.handshakeFailed = { told.append($0) }
            }
        ) { loopback in
            let raw = try await open(loopback)
            try await raw.post([22, 3, 1])
            if isEnded { await raw.close() } else { try await raw.untilEnd() }
            let isTold = await eventually { told.all.count == 1 }
            #expect(isTold)
            #expect(told.all.first?.result == (isEnded ? .peerConnectionClosed : .handshakeTimeout))
        }
    }

    @Test(
        "E9 · SEC-5 · a client's certificate that is not accepted is told with the certificate and the name that it wanted",
        arguments: [true, false])
    func certificate(isExpired: Bool) async throws {
        let told = Record<HandshakeFailure>()
        try await withLoopback(.mutualTLS, [EchoService()], { $0.handshakeFailed = { told.append($0) } }) { loopback in
            let pki = TestPKI.shared
            let client = try loopback.client { $0.tls = try? pki.clientContext(isExpired ? pki.expiredClient : pki.foreignClient) }
            let error = try await rpcError { try await client.unary(EchoRequest([1]), CallOptions(timeout: .seconds(120))) }
            #expect(error.code == .unavailable)
            let isTold = await eventually { !told.all.isEmpty }
            #expect(isTold)
            let failure = try #require(told.all.first)
            #expect(failure.result == (isExpired ? .certificateExpired : .certificateAuthorityInvalid))
            #expect(failure.requestedName == "localhost")
            #expect(failure.description.contains("which wanted \"localhost\""))
            #expect(failure.reason.contains("spiffe://test.switchboard/svc/tester") || failure.reason.contains("tester"), "\(failure)")
            await client.channel.close()
        }
    }

    @Test("a client that does not accept our certificate is told as that")
    func refusedByClient() async throws {
        let told = Record<HandshakeFailure>()
        try await withLoopback(.mutualTLS, [EchoService()], { $0.handshakeFailed = { told.append($0) } }) { loopback in
            let trusting = try TLSContext.client(roots: .text(TestPKI.shared.foreignAuthority.certificate.pem()))
            let client = try loopback.client { $0.tls = trusting }
            _ = try await rpcError { try await client.unary(EchoRequest([1]), CallOptions(timeout: .seconds(120))) }
            let isTold = await eventually { !told.all.isEmpty }
            #expect(isTold)
            #expect(told.all.first?.result == .certificateAuthorityInvalid)
            #expect(told.all.first?.reason.contains("the peer ended the connection") == true)
            await client.channel.close()
        }
    }
}
