internal import HTTP2
internal import Crypto
public import Net
public import RPC

/// Refuses calls without a valid token, before a byte of their messages is decoded. Who makes the call is then `call[Caller.self]`.
///
/// It stands behind ``RequireCertificate``: a token is bound to the certificate of its connection. Methods whose policy makes them public may be
/// called with a certificate alone.
public struct RequireToken: CallGuard {
    private let verifier: TokenVerifier
    private let verified: [ObjectIdentifier: Confined<VerifiedTokens>]
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - loops: those that serve: each remembers the tokens that it has verified.
    ///   - now: seconds since 1970.
    public init(
        _ verifier: TokenVerifier, loops: [EventLoop], now: @escaping @Sendable () -> Int64 = UnixTime.now
    ) {
        self.verifier = verifier
        self.now = now
        verified = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0), Confined(VerifiedTokens(), to: $0)) })
    }

    public func applies(to method: MethodInfo) -> Bool { method.policy?.isPublic != true }

    public func admit(_ call: Call) throws {
        guard let certificate = call.peer.certificate, let service = call[ServiceIdentity.self] else {
            throw RPCError(reason: .certificateMissing, "Connect with a client certificate: a token is bound to one.")
        }
        let token = try Self.token(in: call.metadata)
        let now = now()
        let memory = call.loop.isCurrent ? verified[ObjectIdentifier(call.loop)]?.value : nil
        let connection = ObjectIdentifier(call.peer)
        if let caller = memory?.caller(token, certificate: certificate.fingerprint, connection: connection, now: now) {
            call[Caller.self] = caller
        } else {
            let caller = Caller(
                try Self.verified { () throws(TokenError) in
                    try verifier.verify(token, boundTo: certificate.fingerprint, now: now)
                }, service: service.name)
            memory?.remember(caller, token: token, certificate: certificate.fingerprint, connection: connection)
            call[Caller.self] = caller
        }
    }

    /// The token of `authorization: Bearer …` (RFC 6750 section 2.1).
    static func token(in metadata: Metadata) throws(RPCError) -> String {
        let values = metadata.values("authorization")
        guard let value = values.first else {
            throw RPCError(
                reason: .tokenMissing, "Send a token as metadata: authorization: Bearer <token>.")
        }
        guard values.count == 1 else {
            throw RPCError(reason: .tokenMalformed, "Send one authorization, not \(values.count).")
        }
        let isBearer = value.utf8.count > 7 && zip(value.utf8, "bearer ".utf8).allSatisfy { $0 | 0x20 == $1 }
        guard isBearer else {
            throw RPCError(
                reason: .tokenMissing,
                "Send a token as metadata: authorization: Bearer <token>. Other schemes are not known here.")
        }
        return String(Substring(value.utf8.dropFirst(7)))
    }

    private static func verified(_ verify: () throws(TokenError) -> TokenClaims) throws(RPCError) -> TokenClaims {
        do throws(TokenError) {
            return try verify()
        } catch {
            throw RPCError(reason: error.reason, error.sentence)
        }
    }
}
