import RPC
import Testing

@testable import Platform

@Suite struct ScopeBitsTests {
    @Test("SEC-1 · A caller's bits stand for scopes that the caller has, and never for another")
    func bits() throws {
        let names = (0..<20).map { "test-\($0):read-\(UInt32.random(in: 0 ... .max))" }
        let both = try #require(ScopeBits.of([names[0], names[1]]))
        let other = try #require(ScopeBits.of([names[2]]))
        #expect(both.nonzeroBitCount == 2)
        #expect(both & other == 0)
        #expect(ScopeBits.of([names[1], names[0]]) == both)
        #expect(ScopeBits.of(Set([names[0]])) & both != both)
        #expect(ScopeBits.of(Set(names)) & both == both)
        #expect(ScopeBits.of(Set([names[3]])) == 0, "no method wants it")
    }

    @Test("Who was verified before a method has asked for a scope is let in by its name")
    func late() throws {
        let scope = "late:read-\(UInt32.random(in: 0 ... .max))"
        let caller = Caller(service: "voice", subject: "ada", tenant: "acme", scopes: [scope], tokenID: "1", expires: .max)
        let wanted = try #require(ScopeBits.of([scope]))
        #expect(caller.scopeBits & wanted == 0)
        let method = CallWorld.route("/a.B/C", MethodPolicy(.scopes([scope]))).method
        try RequireScope.admit(caller, to: method)
    }
}
