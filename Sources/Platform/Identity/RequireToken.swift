public import RPC

/// Refuses calls without a valid token, before a byte of their messages is decoded. Who makes the call is then `call[Caller.self]`.
///
/// It stands behind ``RequireCertificate``: a token is bound to the certificate of its connection. Methods whose policy makes them public may be
/// called with a certificate alone.
public struct RequireToken: CallGuard {
    private let authenticator: Authenticator

    public init(_ authenticator: Authenticator) {
        self.authenticator = authenticator
    }

    public func applies(to method: MethodInfo) -> Bool { method.policy?.isPublic != true }

    public func admit(_ call: Call) throws {
        call.authenticated(as: try authenticator.caller(of: call))
    }
}
