internal import Crypto
internal import HTTP2
internal import Net
public import RPC

/// Refuses calls whose client certificate does not name a service of our trust domain. What it names is `call[ServiceIdentity.self]`.
///
/// TLS has checked by then that the certificate descends from our authority; who it is for is another question. It has one answer for all
/// calls of a connection.
public struct RequireCertificate: CallGuard {
    private let trustDomain: String

    public init(trustDomain: String) {
        self.trustDomain = trustDomain
    }

    public func admit(_ call: Call) throws {
        if call.identity != nil { return }
        guard let certificate = call.peer.certificate else {
            throw RPCError(
                reason: .certificateMissing, "Connect with a client certificate: this server knows its callers by it.")
        }
        let service = try Self.identity(sanURIs: certificate.uris, trustDomain: trustDomain)
        call.peer[ServiceIdentity.self] = service
        let identity = PeerIdentity(service: service, certificateDigest: certificate.fingerprint)
        // What is kept with the connection is its loop's.
        if call.loop.isCurrent { call.peer.identity = identity } else { call.principal = identity }
    }

    static func identity(sanURIs: [String], trustDomain: String) throws(RPCError) -> ServiceIdentity {
        let refusal: ServiceIdentity.Refusal
        do throws(ServiceIdentity.Refusal) {
            return try ServiceIdentity(sanURIs: sanURIs, trustDomain: trustDomain)
        } catch {
            refusal = error
        }
        let form = "spiffe://\(trustDomain)/svc/<name>"
        throw switch refusal {
        case .unnamed:
            RPCError(
                reason: .certificateUnnamed,
                "The client certificate does not name a service by a URI of the form \(form).")
        case .ambiguous:
            RPCError(
                reason: .certificateAmbiguous,
                "The client certificate has several URIs: one, of the form \(form), is right.")
        case .foreign:
            RPCError(
                reason: .trustDomainUnknown, "The client certificate is of another trust domain than \(trustDomain).")
        }
    }
}
