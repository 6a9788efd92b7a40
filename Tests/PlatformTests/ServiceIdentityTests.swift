import Testing

@testable import Platform

struct ServiceIdentityTests {
    @Test("the one URI of a certificate names its service")
    func name() throws {
        let identity = try ServiceIdentity(sanURIs: ["spiffe://dev.example/svc/voice-1"], trustDomain: "dev.example")
        #expect(identity == ServiceIdentity(trustDomain: "dev.example", name: "voice-1"))
        #expect(identity.uri == "spiffe://dev.example/svc/voice-1")
    }

    @Test(
        "a certificate that names no service of ours, or two, is refused for its own reason",
        arguments: [
            ([], ServiceIdentity.Refusal.unnamed),
            (["https://dev.example/svc/voice"], .unnamed),
            (["spiffe://dev.example/svc/"], .unnamed),
            (["spiffe://dev.example/svc/voice/extra"], .unnamed),
            (["spiffe://dev.example/user/voice"], .unnamed),
            (["spiffe://dev.example/svc/Voice"], .unnamed),
            (["spiffe://dev.example/svc/-voice"], .unnamed),
            (["SPIFFE://dev.example/svc/voice"], .unnamed),
            (["spiffe://dev.example.evil/svc/voice"], .foreign),
            (["spiffe://evil/svc/voice"], .foreign),
            (["spiffe://dev.example/svc/a", "spiffe://dev.example/svc/b"], .ambiguous),
        ])
    func refused(uris: [String], refusal: ServiceIdentity.Refusal) {
        #expect(throws: refusal) { try ServiceIdentity(sanURIs: uris, trustDomain: "dev.example") }
    }
}
