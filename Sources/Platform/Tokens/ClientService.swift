public import Postgres
public import RPC

/// The service that calls, as its certificate names it: all that is known of a caller who has no token yet.
public struct ClientService: Sendable {
    public let name: String
    /// SHA-256 of the certificate in DER: what its tokens are bound to.
    public let certificateDigest: [UInt8]
    /// Of no tenant yet.
    public let scope: Scope

    /// Throws UNAUTHENTICATED when there is no such certificate. It stands behind ``RequireCertificate``.
    public init(_ call: Call) throws(RPCError) {
        guard let identity = call.identity else {
            throw RPCError(reason: .certificateMissing, "Connect with a client certificate: a token is bound to one.")
        }
        name = identity.service.name
        certificateDigest = identity.certificateDigest
        scope = Scope(tenant: nil, caller: name, requestID: call.requestID, deadline: call.deadline)
    }
}
