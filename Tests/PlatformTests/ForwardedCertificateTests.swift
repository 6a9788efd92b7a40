import RPC
import TestSupport
import Testing

@testable import Platform

struct ForwardedCertificateTests {
    private static let hash = String(repeating: "0a", count: 31) + "fF"
    private static let digest = [UInt8](repeating: 10, count: 31) + [255]

    @Test(
        "R25 · the hash and the URIs are read, whatever else is said",
        arguments: [
            ("Hash=\(hash)", []), ("By=spiffe://a/svc/edge;Hash=\(hash);URI=spiffe://a/svc/voice", ["spiffe://a/svc/voice"]),
            ("By=x;By=y;hash=\(hash);uri=u;", ["u"]), ("Subject=\"CN=a,b;c\\\"d\";URI=u;Hash=\"\(hash)\"", ["u"]),
            ("Hash=\(hash);URI=u;URI=v", ["u", "v"]), ("Hash=\(hash);Subject=\"\";URI=u", ["u"]), ("URI=;Hash=\(hash)", [""]),
            ("Cert=\"-----BEGIN%20CERTIFICATE-----\";Hash=\(hash);DNS=a.example;DNS=b.example", []),
        ])
    func read(text: String, uris: [String]) throws {
        let read = try ForwardedCertificate([text])
        #expect(read.digest == Self.digest)
        #expect(read.uris == uris)
    }

    @Test(
        "R25 · anything but one element with one hash is refused",
        arguments: [
            [], [""], ["Hash=\(hash)", "Hash=\(hash)"], ["Hash=\(hash),Hash=\(hash)"], ["URI=u,Hash=\(hash)"], ["URI=u"], ["Hash="],
            ["Hash=\(hash)0"], ["Hash=\(hash)00"], ["Hash=\(hash.dropLast())g"], ["Hash=\(hash);Hash=\(hash)"], ["Hash"],
            ["=x;Hash=\(hash)"],
            ["Ha sh=\(hash)"], [";Hash=\(hash)"], ["Hash=\(hash);;URI=u"], ["Subject=\"CN=a;Hash=\(hash)"], ["Hash=\(hash);Subject=\"a\\"],
            ["Hash=\(hash);Subject=\"a\\\""], ["Hash=\"\(hash)\"x"],
        ])
    func refused(values: [String]) {
        let error = #expect(throws: RPCError.self) { try ForwardedCertificate(values) }
        #expect(error?.reason == "CERTIFICATE_FORWARDED_INVALID")
        #expect(error?.code == .unauthenticated)
    }

    @Test("whatever text comes, it is read or refused, and one hash is never made of two")
    func random() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let pieces = ["Hash=", Self.hash, ";", ",", "\"", "\\", "URI=", "u", "=", "By=x", "é", " "]
        var isRead = false
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            guard let read = try? ForwardedCertificate([text]) else { continue }
            isRead = true
            #expect(read.digest == Self.digest, "seed \(seed): \(text)")
        }
        #expect(isRead, "seed \(seed)")
    }
}
