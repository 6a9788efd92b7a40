import Crypto
import RPC
import Testing

@testable import Platform

struct BelieveProxiesTests {
    private static let header =
        "By=spiffe://test.example/svc/server;Hash=\(String(repeating: "0a", count: 32));URI=spiffe://test.example/svc/crew"

    /// Who a call is taken for that comes from the service `voice`, when these are believed.
    private func service(believing proxies: [String], _ values: [String]) throws -> (name: String?, digest: [UInt8]?, own: [UInt8]) {
        let world = try CallWorld()
        let call = try world.call("/test.Service/Method", values.map { (ForwardedCertificate.name, $0) }, certificate: world.certificate)
        try RequireCertificate(trustDomain: CallWorld.trustDomain).admit(call)
        let listed = proxies.map { ServiceIdentity(trustDomain: CallWorld.trustDomain, name: $0) }
        try BelieveProxies(listed, trustDomain: CallWorld.trustDomain).admit(call)
        return (call.identity?.service.name, call.identity?.certificateDigest, world.certificate.fingerprint)
    }

    @Test("R25 · a listed proxy's client is who the proxy says, with the certificate that it says")
    func listed() throws {
        let told = try service(believing: ["edge", "voice"], [Self.header])
        #expect(told.name == "crew")
        #expect(told.digest == [UInt8](repeating: 10, count: 32))
    }

    @Test("R25 · from anybody else it means nothing, whatever it says", arguments: [[header], ["nonsense"], [header, header], [""]])
    func unlisted(values: [String]) throws {
        let told = try service(believing: ["edge"], values)
        #expect(told.name == "voice")
        #expect(told.digest == told.own)
    }

    @Test("R25 · a listed proxy that says nothing calls for itself")
    func silent() throws {
        let told = try service(believing: ["voice"], [])
        #expect(told.name == "voice")
        #expect(told.digest == told.own)
    }

    @Test(
        "R25 · what a listed proxy says must be one service of our trust domain",
        arguments: [
            ([""], "CERTIFICATE_FORWARDED_INVALID"), ([header, header], "CERTIFICATE_FORWARDED_INVALID"),
            (["\(header),\(header)"], "CERTIFICATE_FORWARDED_INVALID"),
            (["Hash=\(String(repeating: "0a", count: 32))"], "CERTIFICATE_UNNAMED"),
            (["\(header);URI=spiffe://test.example/svc/voice"], "CERTIFICATE_AMBIGUOUS"),
            (["Hash=\(String(repeating: "0a", count: 32));URI=spiffe://other.example/svc/crew"], "TRUST_DOMAIN_UNKNOWN"),
        ])
    func refused(values: [String], reason: String) {
        let error = #expect(throws: RPCError.self) { try service(believing: ["voice"], values) }
        #expect(error?.code == .unauthenticated)
        #expect(error?.reason == reason)
    }
}
