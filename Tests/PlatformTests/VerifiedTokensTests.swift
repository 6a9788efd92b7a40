import Testing

@testable import Platform

struct VerifiedTokensTests {
    private final class Connection {}

    private let caller = Caller(service: "voice", subject: "ada", tenant: "demo", scopes: [], tokenID: "1", expires: 1_000)
    private let one = Connection()
    private let other = Connection()
    private let tokens = VerifiedTokens(capacity: 2)

    private func find(_ token: String, certificate: [UInt8] = [1], on connection: Connection, now: Int64 = 999) -> Caller? {
        tokens.caller(token, certificate: certificate, connection: ObjectIdentifier(connection), now: now)
    }

    @Test("a token is known on its own connection and on others, until it ends")
    func known() {
        #expect(find("a", on: one) == nil)
        tokens.remember(caller, token: "a", certificate: [1], connection: ObjectIdentifier(one))
        #expect(find("a", on: one) == caller)
        #expect(find("a", on: other) == caller)
        #expect(find("a", on: one, now: 1_000) == nil)
        #expect(find("a", on: other, now: 1_000) == nil)
        #expect(find("b", on: one) == nil)
    }

    @Test("a known token is worth nothing with another certificate, on a new connection or on an old one's place in memory")
    func certificate() {
        tokens.remember(caller, token: "a", certificate: [1], connection: ObjectIdentifier(one))
        #expect(find("a", certificate: [2], on: other) == nil)
        #expect(find("a", certificate: [2], on: one) == nil)
        #expect(find("a", certificate: [1], on: one) == caller)
    }

    @Test("an expired token is forgotten when it is asked for")
    func expired() {
        tokens.remember(caller, token: "a", certificate: [1], connection: ObjectIdentifier(one))
        #expect(find("a", on: other, now: 1_000) == nil)
        #expect(tokens.count == 0)
    }

    @Test("what is remembered is bounded")
    func bounded() {
        for number in 0..<100 {
            tokens.remember(caller, token: "\(number)", certificate: [1], connection: ObjectIdentifier(one))
            #expect(tokens.count <= 2)
        }
        #expect(find("99", on: other) == caller)
    }
}
