internal import HTTP2
internal import RPC

/// What a client's certificate proves, found out once for a connection, and the tokens that came with it. Confined to the connection's loop.
final class PeerIdentity: @unchecked Sendable {
    let service: ServiceIdentity
    /// SHA-256 of the certificate in DER, to which tokens are bound.
    let certificateDigest: [UInt8]
    /// The connection's last token: mostly its next one, too.
    var last: VerifiedToken?
    /// Where its loop keeps all tokens.
    var verified: VerifiedTokens?

    init(service: ServiceIdentity, certificateDigest: [UInt8]) {
        self.service = service
        self.certificateDigest = certificateDigest
    }
}

extension Call {
    /// Who is at the other end, by certificate: its connection's, or the one that a guard before ``RequireToken`` has put in its place as
    /// `principal`, such as what a proxy that is believed tells of its own client.
    var identity: PeerIdentity? {
        guard let principal else { return peer.identity as? PeerIdentity }
        return principal as? PeerIdentity ?? self[PeerIdentity.self] ?? peer.identity as? PeerIdentity
    }

    /// From then on `principal` says who calls.
    func authenticated(as caller: Caller) {
        if let told = principal as? PeerIdentity { self[PeerIdentity.self] = told }
        principal = caller
    }
}

extension PeerIdentity: CallKey {
    typealias Value = PeerIdentity
}
