import Net
import Testing

@testable import HTTP2

@Suite("Who may connect") struct AdmissionTests {
    private func admission(handshakes: Int = 100, perAddress: Int? = nil, perLoopbackAddress: Int? = nil) -> Admission {
        var limits = Limits.standard
        limits.handshakes = handshakes
        limits.connectionsPerAddress = perAddress
        limits.connectionsPerLoopbackAddress = perLoopbackAddress
        return Admission(limits)
    }

    @Test("an address has so many connections, whatever their ports; when one ends there is room for another")
    func perAddress() throws {
        let admission = admission(perAddress: 2)
        #expect(admission.admit(try SocketAddress(ip: "192.0.2.7", port: 1)) == nil)
        #expect(admission.admit(try SocketAddress(ip: "192.0.2.7", port: 2)) == nil)
        #expect(admission.admit(try SocketAddress(ip: "192.0.2.7", port: 3)) == .tooManyConnections)
        #expect(admission.admit(try SocketAddress(ip: "192.0.2.8", port: 3)) == nil)
        admission.completedHandshake()
        admission.closed(try SocketAddress(ip: "192.0.2.7", port: 1), hadCompletedHandshake: true)
        #expect(admission.admit(try SocketAddress(ip: "192.0.2.7", port: 4)) == nil)
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
        #expect(admission.admit(loopback) == nil)
        #expect(admission.admit(loopback) == .tooManyConnections)
        for _ in 0..<3 { #expect(admission.admit(try SocketAddress(unixPath: "/tmp/s")) == nil) }
        #expect(Limits.standard.connectionsPerLoopbackAddress == nil)
    }

    @Test("only so many may be on their way through the handshake, from whatever addresses")
    func handshakes() throws {
        let admission = admission(handshakes: 2)
        let addresses = try (1...3).map { try SocketAddress(ip: "192.0.2.\($0)", port: 9) }
        #expect(admission.admit(addresses[0]) == nil)
        #expect(admission.admit(addresses[1]) == nil)
        #expect(admission.admit(addresses[2]) == .tooManyHandshakes)
        admission.completedHandshake()
        #expect(admission.admit(addresses[2]) == nil)
        #expect(admission.admit(addresses[0]) == .tooManyHandshakes)
        admission.closed(addresses[1], hadCompletedHandshake: false)
        #expect(admission.admit(addresses[0]) == nil)
    }
}
