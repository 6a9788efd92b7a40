internal import HTTP2
internal import Crypto
public import RPC

/// Refuses calls whose client certificate does not name a service of our trust domain. What it names is `call[ServiceIdentity.self]`.
///
/// TLS has checked by then that the certificate descends from our authority; who it is for is another question.
public struct RequireCertificate: CallGuard {
    private let trustDomain: String
    /// What stands before a service's name.
    private let prefix: String

    public init(trustDomain: String) {
        self.trustDomain = trustDomain
        prefix = ServiceIdentity(trustDomain: trustDomain, name: "").uri
    }

    public func admit(_ call: Call) throws {
        guard let certificate = call.peer.certificate else {
            throw RPCError(
                reason: .certificateMissing, "Connect with a client certificate: this server knows its callers by it.")
        }
        let identity = try usual(certificate.uris) ?? Self.identity(sanURIs: certificate.uris, trustDomain: trustDomain)
        call[ServiceIdentity.self] = identity
    }

    /// What nearly every certificate of every call says, read without taking it apart.
    private func usual(_ uris: [String]) -> ServiceIdentity? {
        guard uris.count == 1, uris[0].hasPrefix(prefix) else { return nil }
        let name = Substring(uris[0].utf8.dropFirst(prefix.utf8.count))
        return Label.isValid(name) ? ServiceIdentity(trustDomain: trustDomain, name: String(name)) : nil
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
