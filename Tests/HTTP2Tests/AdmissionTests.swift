import Net
import Testing

@testable import HTTP2

@Suite("Who may connect") struct AdmissionTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private func admission(
        handshakes: Int = 100, perAddress: Int? = nil, perLoopbackAddress: Int? = nil, handshakesPerAddress: Int? = nil,
        failures: Limits.Rate? = nil
    ) -> Admission {
        var limits = Limits.standard
        limits.handshakes = handshakes
        limits.connectionsPerAddress = perAddress
        limits.connectionsPerLoopbackAddress = perLoopbackAddress
        limits.handshakesPerAddress = handshakesPerAddress
        limits.failedHandshakesPerAddress = failures
        return Admission(limits)
    }

    @Test("an address has so many connections, whatever their ports; when one ends there is room for another")
    func perAddress() throws {
        let admission = admission(perAddress: 2)
        #expect(admission.admit(try SocketAddress(ip: "192.0.2.7", port: 1), at: start) == nil)
        #expect(admission.admit(try SocketAddress(ip: "192.0.2.7", port: 2), at: start) == nil)
        #expect(admission.admit(try SocketAddress(ip: "192.0.2.7", port: 3), at: start) == .tooManyConnections)
        #expect(admission.admit(try SocketAddress(ip: "192.0.2.8", port: 3), at: start) == nil)
        admission.completedHandshake(try SocketAddress(ip: "192.0.2.7", port: 1))
        admission.closed(try SocketAddress(ip: "192.0.2.7", port: 1), hadCompletedHandshake: true)
        #expect(admission.admit(try SocketAddress(ip: "192.0.2.7", port: 4), at: start) == nil)
        #expect(admission.counts == (3, 2))
        for (ip, port) in [("192.0.2.7", 2), ("192.0.2.7", 4), ("192.0.2.8", 3)] as [(String, UInt16)] {
            admission.closed(try SocketAddress(ip: ip, port: port), hadCompletedHandshake: false)
        }
        #expect(admission.counts == (0, 0))
    }

    @Test(
        "what one party has of addresses counts as one",
        arguments: [
            ("2001:db8::1", "2001:db8::ffff:1:2", true), ("2001:db8::1", "2001:db8:0:1::1", false), ("::ffff:192.0.2.7", "192.0.2.7", true),
            ("::ffff:192.0.2.7", "192.0.2.8", false), ("::1", "::ffff:0.0.0.0", false),
        ])
    func sameAddress(first: String, second: String, isSame: Bool) throws {
        let one = AddressKey(try SocketAddress(ip: first, port: 1))
        #expect((one == AddressKey(try SocketAddress(ip: second, port: 2))) == isSame)
    }

    @Test("this machine's addresses have a limit of their own, and Unix sockets none")
    func local() throws {
        let admission = admission(perAddress: 0, perLoopbackAddress: 1)
        let loopback = try SocketAddress(ip: "127.0.0.1", port: 1)
        #expect(admission.admit(loopback, at: start) == nil)
        #expect(admission.admit(loopback, at: start) == .tooManyConnections)
        for _ in 0..<3 { #expect(admission.admit(try SocketAddress(unixPath: "/tmp/s"), at: start) == nil) }
        #expect(Limits.standard.connectionsPerLoopbackAddress == nil)
    }

    @Test("only so many may be on their way through the handshake, from whatever addresses")
    func handshakes() throws {
        let admission = admission(handshakes: 2)
        let addresses = try (1...3).map { try SocketAddress(ip: "192.0.2.\($0)", port: 9) }
        #expect(admission.admit(addresses[0], at: start) == nil)
        #expect(admission.admit(addresses[1], at: start) == nil)
        #expect(admission.admit(addresses[2], at: start) == .tooManyHandshakes)
        admission.completedHandshake(addresses[0])
        #expect(admission.admit(addresses[2], at: start) == nil)
        #expect(admission.admit(addresses[0], at: start) == .tooManyHandshakes)
        admission.closed(addresses[1], hadCompletedHandshake: false)
        #expect(admission.admit(addresses[0], at: start) == nil)
    }

    @Test("of one address only so many may be on their way through the handshake: others find places")
    func handshakesOfAddress() throws {
        let admission = admission(handshakes: 10, perAddress: 10, handshakesPerAddress: 2)
        let (one, other) = (try SocketAddress(ip: "192.0.2.1", port: 1), try SocketAddress(ip: "192.0.2.2", port: 1))
        for _ in 0..<2 { #expect(admission.admit(one, at: start) == nil) }
        #expect(admission.admit(one, at: start) == .tooManyHandshakes)
        #expect(admission.admit(other, at: start) == nil)
        // Those that have come through count no more.
        for _ in 0..<5 {
            admission.completedHandshake(one)
            #expect(admission.admit(one, at: start) == nil)
        }
        #expect(admission.admit(one, at: start) == .tooManyHandshakes)
        admission.closed(one, hadCompletedHandshake: true)
        #expect(admission.admit(one, at: start) == .tooManyHandshakes)
        admission.closed(one, hadCompletedHandshake: false)
        #expect(admission.admit(one, at: start) == nil)
        for _ in 0..<2 { admission.closed(one, hadCompletedHandshake: false) }
        for _ in 0..<4 { admission.closed(one, hadCompletedHandshake: true) }
        admission.closed(other, hadCompletedHandshake: false)
        #expect(admission.counts == (0, 0))
        let standard = Limits.standard
        #expect((standard.handshakesPerAddress ?? 0) * 3 < standard.handshakes)
    }

    @Test("SEC-9 · an address from which handshakes fail is let in as often as failures are forgotten, and no other is held up")
    func failures() throws {
        let admission = admission(handshakes: 1_000, failures: Limits.Rate(burst: 20, perSecond: 5))
        let (guesser, other) = (try SocketAddress(ip: "192.0.2.1", port: 1), try SocketAddress(ip: "192.0.2.2", port: 1))
        func fails(_ address: SocketAddress, at now: MonotonicTime) -> Bool {
            guard admission.admit(address, at: now) == nil else { return false }
            admission.failedTLS(address, at: now)
            admission.closed(address, hadCompletedHandshake: false)
            return true
        }
        #expect((0..<100).filter { _ in fails(guesser, at: start) }.count == 20)
        #expect(admission.admit(guesser, at: start) == .failedHandshakes)
        #expect(admission.admit(other, at: start) == nil)
        #expect(admission.admit(guesser, at: start + .milliseconds(199)) == .failedHandshakes)
        #expect((0..<100).filter { _ in fails(guesser, at: start + .milliseconds(200)) }.count == 1)
        // Failures that were under way when it was too many already keep nobody out for longer.
        for _ in 0..<1_000 { admission.failedTLS(guesser, at: start + .milliseconds(200)) }
        #expect((0..<100).filter { _ in fails(guesser, at: start + .milliseconds(1_200)) }.count == 5)
        #expect((0..<100).filter { _ in fails(guesser, at: start + .seconds(3_600)) }.count == 20)
    }

    @Test("SEC-9 · behind an address that many share those that fail slow nobody down, as long as as many are let in")
    func crowd() throws {
        let admission = admission(handshakes: 1_000, perAddress: 1_000, failures: Limits.Rate(burst: 20, perSecond: 1))
        let office = try SocketAddress(ip: "192.0.2.1", port: 1)
        for _ in 0..<500 {
            for isGood in [true, false] {
                #expect(admission.admit(office, at: start) == nil)
                if isGood { admission.completedTLS(office, at: start) } else { admission.failedTLS(office, at: start) }
                admission.closed(office, hadCompletedHandshake: false)
            }
        }
        // What succeeds is no credit for what fails later.
        for _ in 0..<1_000 { admission.completedTLS(office, at: start) }
        var failed = 0
        while failed < 100, admission.admit(office, at: start) == nil {
            admission.failedTLS(office, at: start)
            admission.closed(office, hadCompletedHandshake: false)
            failed += 1
        }
        #expect(failed == 20)
    }

    @Test("no more addresses are counted than there is room for; what is forgotten makes room")
    func room() throws {
        var failures = FailedHandshakes(capacity: 10)
        let rate = Limits.Rate(burst: 1, perSecond: 1)
        let keys = try (0..<20).map { try #require(AddressKey(try SocketAddress(ip: "192.0.2.\($0)", port: 1))) }
        for key in keys { failures.failed(key, rate, at: start) }
        #expect(failures.count == 10)
        #expect(keys.filter { !failures.admits($0, rate, at: start) } == Array(keys.prefix(10)))
        let later = start + .seconds(2)
        for key in keys.suffix(10) { failures.failed(key, rate, at: later) }
        #expect(keys.filter { !failures.admits($0, rate, at: later) } == Array(keys.suffix(10)))
    }
}
