import Crypto
import Testing

@Suite("SPIFFE IDs")
struct SPIFFEIDTests {
    @Test(
        "What the specification allows is taken apart",
        arguments: [
            ("spiffe://example.org/svc/lead", "example.org", "/svc/lead"), ("spiffe://example", "example", ""),
            ("spiffe://a_b-c.1/UPPER/lower.-_/9", "a_b-c.1", "/UPPER/lower.-_/9"),
        ])
    func good(text: String, domain: String, path: String) throws {
        let id = try #require(SPIFFEID(text))
        #expect(id.trustDomain == domain)
        #expect(id.path == path)
        #expect(id.description == text)
    }

    @Test(
        "What it does not allow is none",
        arguments: [
            "", "spiffe://", "spiffe:///svc", "https://example.org/svc", "SPIFFE://example.org/svc", "spiffe://Example.org/svc",
            "spiffe://example.org/", "spiffe://example.org/svc/", "spiffe://example.org//svc", "spiffe://example.org/./svc",
            "spiffe://example.org/../svc", "spiffe://example.org:443/svc", "spiffe://user@example.org/svc", "spiffe://example.org/svc?a=b",
            "spiffe://example.org/svc#a", "spiffe://example.org/s%76c", "spiffe://exämple.org/svc", "spiffe://example.org/söc",
            "spiffe://" + String(repeating: "a", count: 256) + "/svc", "spiffe://a/" + String(repeating: "b", count: 2_048),
        ])
    func bad(text: String) {
        #expect(SPIFFEID(text) == nil)
    }
}
