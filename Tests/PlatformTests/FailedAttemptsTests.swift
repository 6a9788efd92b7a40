import Crypto
import HTTP2
import Net
import StandardTypes
import Testing

@testable import Platform
@testable import RPC

/// TST-6 A07: who guesses is slowed down.
@Suite struct FailedAttemptsTests {
    private let world: CallWorld
    private let clock = SetClock()
    private let attempts: FailedAttempts

    init() throws {
        world = try CallWorld()
        let clock = clock
        attempts = FailedAttempts(clock: { clock.time })
    }

    private func call(_ address: String, service: String) throws -> Call {
        let call = Call(
            route: nil, unroutedPath: "/a.B/C", metadata: Metadata(),
            peer: Peer(address: try SocketAddress(ip: address, port: 1), certificate: nil, isSecure: true), deadline: nil, loop: world.loop)
        call.principal = PeerIdentity(service: ServiceIdentity(trustDomain: "test", name: service), certificateDigest: [])
        return call
    }

    private let bad = RPCError(reason: .tokenSignatureInvalid)

    @Test("TST-6 · A07 · SEC-9 · After twenty bad tokens in a minute a peer is told to wait, and no other peer behind its address is")
    func guessing() throws {
        let guesser = try call("192.0.2.1", service: "voice")
        for _ in 0..<20 {
            try attempts.admit(guesser)
            #expect(attempts.noted(bad, guesser).reason == ErrorReason.tokenSignatureInvalid.rawValue)
        }
        let error = #expect(throws: RPCError.self) { try attempts.admit(guesser) }
        #expect(error?.code == .resourceExhausted)
        #expect(error?.detail(RetryInfo.self)?.retryDelay?.seconds == 3)
        #expect(error?.detail(QuotaFailure.self) != nil)
        #expect(error?.pushback == .after(.seconds(3)))
        #expect(attempts.noted(bad, guesser).code == .resourceExhausted)
        // Behind the same address, and with the same certificate elsewhere.
        try attempts.admit(try call("192.0.2.1", service: "crew"))
        try attempts.admit(try call("192.0.2.2", service: "voice"))
        #expect(attempts.noted(bad, try call("192.0.2.1", service: "crew")).code == .unauthenticated)
        clock.advance(.seconds(3))
        try attempts.admit(guesser)
        #expect(attempts.noted(bad, guesser).code == .unauthenticated)
        #expect(throws: RPCError.self) { try attempts.admit(guesser) }
        clock.advance(.seconds(60))
        for _ in 0..<20 { #expect(attempts.noted(bad, guesser).code == .unauthenticated) }
    }

    @Test("An IPv6 peer is one however it chooses the lower half of its address; only what is UNAUTHENTICATED counts")
    func peers() throws {
        for index in 1...20 { _ = attempts.noted(bad, try call("2001:db8::\(index)", service: "voice")) }
        #expect(throws: RPCError.self) { try attempts.admit(try call("2001:db8::ffff", service: "voice")) }
        try attempts.admit(try call("2001:db8:0:1::1", service: "voice"))
        let honest = try call("192.0.2.3", service: "voice")
        for code in [StatusCode.permissionDenied, .notFound, .internal, .resourceExhausted] {
            for _ in 0..<100 { #expect(attempts.noted(RPCError(code, "no"), honest).code == code) }
        }
        try attempts.admit(honest)
    }

    @Test("Who comes when as many fail as are counted shares a count with its service: addresses without end win no further attempt")
    func full() throws {
        let clock = clock
        let attempts = FailedAttempts(clock: { clock.time }, peers: 10)
        let known = try call("192.0.2.200", service: "voice")
        for _ in 0..<10 { #expect(attempts.noted(bad, known).code == .unauthenticated) }
        for index in 1...9 { #expect(attempts.noted(bad, try call("192.0.2.\(index)", service: "voice")).code == .unauthenticated) }
        var answered = 0
        for index in 1...2_000 {
            let stranger = try call("2001:db8:0:\(String(index, radix: 16))::1", service: "guesser")
            guard (try? attempts.admit(stranger)) != nil else { continue }
            if attempts.noted(bad, stranger).code == .unauthenticated { answered += 1 }
        }
        #expect(answered == 20)
        // Who was known has what it had; other services that come now have a count of their own, but for one in a thousand.
        try attempts.admit(known)
        for _ in 0..<10 { #expect(attempts.noted(bad, known).code == .unauthenticated) }
        #expect(throws: RPCError.self) { try attempts.admit(known) }
        let others = try ["one", "two", "three", "four"].map { try call("198.51.100.1", service: $0) }
        #expect(others.contains { (try? attempts.admit($0)) != nil })
        clock.advance(.seconds(3))
        try attempts.admit(try call("2001:db8:0:1::1", service: "guesser"))
    }
}
