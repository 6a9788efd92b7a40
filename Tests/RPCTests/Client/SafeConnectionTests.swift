import BenchAPI
import HTTP2
import Net
import RPC
import TLS
import TestSupport
import Testing

/// Keepalive, credentials and TLS of a channel.
@Suite("A channel's connections are what they should be", .timeLimit(.minutes(2))) struct SafeConnectionTests {
    @Test("a server that does not answer a PING is given up, and its calls say so")
    func keepalive() async throws {
        try await withFrameServer(
            answersPings: false,
            {
                $0.limits.leastKeepaliveTime = .zero
                $0.keepalive = Keepalive.Policy(time: .milliseconds(20), timeout: .milliseconds(20))
            }
        ) { _ in
            []
        } _: { server, channel in
            let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(error.code == .unavailable)
            #expect(error.cause?.kind == .keepaliveTimeout)
            #expect(error.message.contains("PING"))
        }
    }

    @Test("one that answers is kept")
    func keepaliveAnswered() async throws {
        try await withFrameServer({
            $0.limits.leastKeepaliveTime = .zero
            $0.keepalive = Keepalive.Policy(time: .milliseconds(1), timeout: .seconds(600))
        }) { _ in
            []
        } _: { server, channel in
            let call = Task { try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) } }
            let areAnswered = await eventually { ((try? await server.frames(RawFrame.Kind.ping).count) ?? 0) >= 5 }
            #expect(areAnswered)
            call.cancel()
            let code = try await call.value.code
            #expect(code == .cancelled)
        }
    }

    @Test("no PING goes out after less than ten seconds of silence, whatever the configuration says")
    func keepaliveFloor() async throws {
        try await withFrameServer({
            $0.keepalive = Keepalive.Policy(time: .milliseconds(1), timeout: .seconds(600), permitsWithoutStreams: true)
        }) { request in
            .reply([], on: request.stream)
        } _: { server, channel in
            for _ in 0..<20 { _ = try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(try await server.frames(RawFrame.Kind.ping).isEmpty)
        }
    }

    private func token(of error: RPCError) -> RPCError.Cause.Kind? { error.cause?.kind }

    @Test("credentials are not sent over cleartext, unless the configuration says so; a call may bring its own")
    func cleartextCredentials() async throws {
        let service = ScriptedEcho(onUnary: { _, call in EchoReply(Array((call.metadata["authorization"] ?? "none").utf8)) })
        try await withLoopback(.cleartext, [service]) { loopback in
            var options = CallOptions()
            options.credentials = .forEachCall { Metadata([("authorization", "own")]) }
            let refused = try await rpcError { try await loopback.client().unary(EchoRequest([]), options) }
            #expect(refused.code == .unauthenticated)
            #expect(refused.cause?.kind == .credentials)
            #expect(refused.message.contains("cleartext"))
            let client = try loopback.client {
                $0.sendsCredentialsInCleartext = true
                $0.credentials = .forEachCall { Metadata([("authorization", "the channel's")]) }
            }
            #expect(try await client.unary(EchoRequest([])).payload == Array("the channel's".utf8))
            #expect(try await client.unary(EchoRequest([]), options).payload == Array("own".utf8))
        }
    }

    @Test("credentials that renew themselves are fetched once for many calls")
    func renewedCredentials() async throws {
        let service = ScriptedEcho(onUnary: { _, call in EchoReply(Array((call.metadata["authorization"] ?? "none").utf8)) })
        try await withLoopback(.mutualTLS, [service]) { loopback in
            let fetched = Counter()
            let client = try loopback.client {
                $0.credentials = .renewed { .init(Metadata([("authorization", "token \(fetched.add())")]), lasting: .seconds(3_600)) }
            }
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask {
                        let payload = try await client.unary(EchoRequest([])).payload
                        #expect(payload == Array("token 1".utf8))
                    }
                }
                try await group.waitForAll()
            }
            #expect(fetched.value == 1)
        }
    }

    @Test("credentials that do not come fail the call at its deadline, and are given up with it")
    func slowCredentials() async throws {
        let givenUp = Event()
        try await withLoopback(.mutualTLS) { loopback in
            let client = try loopback.client {
                $0.credentials = .forEachCall {
                    do { try await Event().wait() } catch { givenUp.happen() }
                    return Metadata()
                }
            }
            let error = try await rpcError { try await client.unary(EchoRequest([]), CallOptions(timeout: .milliseconds(20))) }
            #expect(error.code == .deadlineExceeded)
            #expect(error.cause?.kind == .deadline(.credentials))
            try await givenUp.wait()
        }
    }

    @Test("a certificate for another name is refused, with its TLS reason")
    func serverName() async throws {
        try await withLoopback(.mutualTLS) { loopback in
            let client = try loopback.client { $0.serverName = "other.example" }
            let error = try await rpcError { try await client.unary(EchoRequest([])) }
            #expect(error.code == .unavailable)
            #expect(error.cause?.kind == .tls(.serverNameMismatch))
            #expect(error.cause?.kind.reason == "TLS_SERVER_NAME_MISMATCH")
            #expect(error.message.contains("other.example"))
        }
    }

    @Test("a server that speaks no TLS is told from one that is not there")
    func notTLS() async throws {
        try await withLoopback(.cleartext) { loopback in
            let client = try loopback.client { $0.tls = try? TestPKI.shared.clientContext() }
            let error = try await rpcError { try await client.unary(EchoRequest([])) }
            #expect(error.code == .unavailable)
            if case .tls? = error.cause?.kind {} else { Issue.record("\(String(describing: error.cause))") }
        }
    }

    @Test("each new connection asks for the TLS context: one that was reloaded serves the next")
    func reloadedTLS() async throws {
        try await withLoopback(.mutualTLS) { loopback in
            let asked = Counter()
            let context = try TestPKI.shared.clientContext()
            let client = try loopback.client {
                $0.tlsForNextConnection = {
                    asked.add()
                    return context
                }
            }
            for _ in 0..<3 { _ = try await client.unary(EchoRequest([])) }
            #expect(asked.value == 1)
            await client.channel.enterIdle()
            _ = try await client.unary(EchoRequest([]))
            #expect(asked.value == 2)
        }
    }
}
