public import Crypto

/// Which certificates of a trusted authority are let in. Names are compared with their types, byte by byte; the common name counts for nothing.
public enum PeerNames: Sendable {
    case any
    /// At least one of the certificate's names is one of these.
    case oneOf(Set<SubjectAlternativeName>)
    /// The certificate has exactly one URI, a SPIFFE ID of one of these trust domains (X.509-SVID section 2).
    case trustDomains(Set<String>)

    func accept(_ certificate: Certificate) -> Bool {
        switch self {
        case .any: true
        case .oneOf(let names): !names.isDisjoint(with: certificate.names)
        case .trustDomains(let domains):
            certificate.spiffeID.flatMap { SPIFFEID($0) }.map { domains.contains($0.trustDomain) } ?? false
        }
    }
}
