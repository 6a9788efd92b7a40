import Net
import TestSupport
import Testing

@testable import HTTP2

@Suite("The header that proxies write") struct ProxyHeaderTests {
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let v4: [UInt8] = [192, 0, 2, 7, 127, 0, 0, 1, 0x12, 0x67, 0x1D, 0x13]
    private static let v6: [UInt8] =
        [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 1, count: 16) + [0x12, 0x67, 1, 2]

    private static func header(_ command: UInt8, _ family: UInt8, _ rest: [UInt8], length: Int? = nil) -> [UInt8] {
        let length = length ?? rest.count
        return signature + [command, family, UInt8(length >> 8), UInt8(length & 255)] + rest
    }

    private func read(_ bytes: [UInt8], by step: Int = .max) throws(ProxyHeader.Failure) -> (ProxyHeader.Result?, rest: Int) {
        var header = ProxyHeader()
        var next = 0
        while next < bytes.count, header.wanted > 0 {
            let count = min(header.wanted, step, bytes.count - next)
            try header.take(bytes[next..<next + count])
            next += count
        }
        return (header.result, bytes.count - next)
    }

    @Test(
        "an address of either family is the client's, in whatever pieces the header comes, and nothing behind it is taken",
        arguments: [1, 5, 16, 4096])
    func addresses(step: Int) throws {
        let tls: [UInt8] = [0x16, 3, 1]
        let four = try read(Self.header(0x21, 0x11, Self.v4) + tls, by: step)
        #expect(four.0 == .client(try SocketAddress(ip: "192.0.2.7", port: 0x1267)))
        #expect(four.rest == 3)
        let six = try read(Self.header(0x21, 0x21, Self.v6) + tls, by: step)
        #expect(six.0 == .client(try SocketAddress(ip: "2001:db8::7", port: 0x1267)))
        #expect(six.rest == 3)
    }

    @Test("what a proxy tells beside the addresses is passed over")
    func extensions() throws {
        // PP2_TYPE_ALPN, and one of nobody's with a length that is not true.
        let read = try read(Self.header(0x21, 0x11, Self.v4 + [1, 0, 2, 0x68, 0x32, 0xEE, 0xFF, 0xFF]) + [9])
        #expect(read.0 == .client(try SocketAddress(ip: "192.0.2.7", port: 0x1267)))
        #expect(read.rest == 1)
    }

    @Test("a proxy that speaks for itself, or does not say for whom, keeps its own address")
    func local() throws {
        for bytes in [
            Self.header(0x20, 0, []), Self.header(0x20, 0x11, Self.v4), Self.header(0x20, 0x77, [1]), Self.header(0x21, 0, [1, 2, 3]),
        ] {
            #expect(try read(bytes).0 == .proxy)
        }
    }

    @Test("a header that is not whole has no result yet")
    func incomplete() throws {
        let whole = Self.header(0x21, 0x11, Self.v4)
        for count in 0..<whole.count { #expect(try read(Array(whole.prefix(count))).0 == nil) }
    }

    @Test(
        "what is no header of this version is refused for its own reason",
        arguments: [
            (Array("PROXY TCP4 192.0.2.7 127.0.0.1 4711 443\r\n".utf8), ProxyHeader.Failure.signature),
            (Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), .signature), ([0x16, 3, 1, 2, 0], .signature),
            ([0x0D, 0x0A, 0x0A], .signature),
            (header(0x11, 0x11, v4), .command), (header(0x22, 0x11, v4), .command), (header(0x31, 0x11, v4), .command),
            (header(0x21, 0x12, v4), .family), (header(0x21, 0x22, v6), .family),
            (header(0x21, 0x31, [UInt8](repeating: 0, count: 216)), .family),
            (header(0x21, 0x13, v4), .family), (header(0x21, 0x11, Array(v4.dropLast())), .length), (header(0x21, 0x11, []), .length),
            (header(0x21, 0x21, Array(v6.dropLast())), .length), (header(0x21, 0x21, v4), .length),
            (header(0x21, 0x11, [], length: 4097), .length), (header(0x21, 0x11, [], length: 65_535), .length),
        ])
    func refused(bytes: [UInt8], failure: ProxyHeader.Failure) {
        #expect(throws: failure) { try read(bytes) }
    }

    @Test("the longest header that is taken is")
    func longest() throws {
        let rest = Self.v4 + [UInt8](repeating: 0xEE, count: 4096 - Self.v4.count)
        #expect(try read(Self.header(0x21, 0x11, rest)).0 == .client(try SocketAddress(ip: "192.0.2.7", port: 0x1267)))
    }

    @Test("whatever a header of random bytes comes to, it ends within its bound, and never takes what it does not want")
    func random() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        var outcomes: Set<String> = []
        for _ in 0..<20_000 {
            var bytes = Self.header(
                0x21, 0x11, (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do throws(ProxyHeader.Failure) {
                let (result, rest) = try read(bytes, by: Int.random(in: 1...20, using: &random))
                outcomes.insert(result == nil ? "incomplete" : "complete")
                if result == nil { #expect(rest == 0, "seed \(seed)") }
            } catch {
                outcomes.insert("\(error)")
            }
        }
        #expect(outcomes == ["incomplete", "complete", "signature", "command", "family", "length"], "seed \(seed)")
    }
}
