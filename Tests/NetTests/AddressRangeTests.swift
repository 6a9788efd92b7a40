import Testing

@testable import Net

struct AddressRangeTests {
    @Test(
        "an address is in a range when its first bits are",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.128/25", "192.0.2.128", true),
            ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false), ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false), ("::1", "::1", true), ("::/0", "::1", true), ("::/0", "192.0.2.1", false),
            // A socket of both kinds shows IPv4 so (RFC 4291 section 2.5.5.2).
            ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("::/0", "::ffff:10.1.2.3", false), ("::ffff:10.1.2.3", "10.1.2.3", true),
        ])
    func contains(range: String, address: String, isIn: Bool) throws {
        #expect(try AddressRange(range).contains(SocketAddress(ip: address, port: 1)) == isIn)
    }

    @Test(
        "what is no range is refused",
        arguments: [
            "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/٨", "10.1.0.0/8", "::1/64",
            "::/129",
            "proxy.example.com", "10.0.0/8", "10.0.0.0/99999999999999999999",
        ])
    func refused(text: String) {
        #expect(throws: NetError.self) { try AddressRange(text) }
    }

    @Test("a range is shown as it is written, and a Unix socket is in none")
    func shown() throws {
        for text in ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7/32"] { #expect(try AddressRange(text).description == text) }
        #expect(try !AddressRange("0.0.0.0/0").contains(SocketAddress(unixPath: "/tmp/x")))
    }
}
