import Crypto
import Resources
import Testing

@testable import LeadServer

@Suite("Page tokens")
struct PageTokenTests {
    private let key = HMACSHA256(key: Array(0..<32))
    private let binding = PageBinding(tenant: "acme", query: [1, 2, 3])
    private let position: PagePosition

    init() throws {
        position = PagePosition(id: try #require(LeadID("018f4e6a-7c1b-7d2e-9a3f-0123456789ab")), score: 87)
    }

    @Test("A token opens to the position it was made from")
    func roundTrip() {
        let token = PageToken.seal(position, for: binding, key: key)
        #expect(PageToken.open(token, for: binding, key: key) == position)
        let highest = PagePosition(id: position.id, score: 100)
        #expect(PageToken.open(PageToken.seal(highest, for: binding, key: key), for: binding, key: key) == highest)
    }

    @Test("R13: a token with any one character changed, added or taken away does not open")
    func tampered() {
        let token = Array(PageToken.seal(position, for: binding, key: key).utf8)
        for index in token.indices {
            var changed = token
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(PageToken.open(String(decoding: changed, as: UTF8.self), for: binding, key: key) == nil, "at \(index)")
            #expect(PageToken.open(String(decoding: token[..<index], as: UTF8.self), for: binding, key: key) == nil, "cut at \(index)")
        }
        #expect(PageToken.open(String(decoding: token, as: UTF8.self) + "AAAA", for: binding, key: key) == nil)
    }

    @Test("R13: a token does not open for another tenant, another query or with another key")
    func bound() {
        let token = PageToken.seal(position, for: binding, key: key)
        #expect(PageToken.open(token, for: PageBinding(tenant: "acma", query: [1, 2, 3]), key: key) == nil)
        #expect(PageToken.open(token, for: PageBinding(tenant: "acme", query: [1, 2, 4]), key: key) == nil)
        #expect(PageToken.open(token, for: PageBinding(tenant: "acme\u{1}", query: [2, 3]), key: key) == nil)
        #expect(PageToken.open(token, for: binding, key: HMACSHA256(key: Array(1..<33))) == nil)
    }

    @Test("Text that never was a token does not open", arguments: ["", "=", "AAAA", "not a token", String(repeating: "A", count: 100_000)])
    func garbage(token: String) {
        #expect(PageToken.open(token, for: binding, key: key) == nil)
    }
}
