internal import HTTP2
internal import Net
internal import RPC
internal import Synchronization

/// Finds out who makes a call, from its token and its connection's certificate; for calls as they begin and for streams that go on.
///
/// A token that a loop has seen before costs a look into a table, without a lock, an allocation or a `String`.
public final class Authenticator: Sendable {
    public let trust: Trust
    private let attempts: FailedAttempts?
    private let now: @Sendable () -> Int64
    /// For each loop that has served a call.
    private let loops = Mutex<[ObjectIdentifier: Confined<Memory>]>([:])

    private struct Memory {
        let verified: VerifiedTokens
        let streams: AuthenticatedStreams
    }

    /// - Parameters:
    ///   - attempts: of whom too many have failed, no token is verified for a while; nil: all are.
    ///   - now: seconds since 1970; nil asks the machine's clock.
    public init(_ trust: Trust, attempts: FailedAttempts? = nil, now: (@Sendable () -> Int64)? = nil) {
        self.trust = trust
        self.attempts = attempts
        self.now = now ?? UnixTime.coarse
    }

    /// - Throws: UNAUTHENTICATED, with a reason, or PERMISSION_DENIED for a suspended tenant's.
    func caller(of call: Call) throws(RPCError) -> Caller {
        guard let identity = call.identity else {
            throw RPCError(reason: .certificateMissing, "Connect with a client certificate: a token is bound to one.")
        }
        return try unsafe call.metadata.fields.withValue(of: "authorization") {
            (value: UnsafeRawBufferPointer?, count: Int) throws(RPCError) -> Caller in
            let token = try unsafe Authenticator.token(in: value, count: count)
            guard call.loop.isCurrent else {
                try attempts?.admit(call)
                return try unsafe verified(Array(token), from: identity, into: nil).caller
            }
            return try unsafe caller(of: token, from: identity, call)
        }
    }

    /// On the loop.
    private func caller(of token: UnsafeRawBufferPointer, from identity: PeerIdentity, _ call: Call) throws(RPCError) -> Caller {
        let memory = identity.verified ?? self.memory(of: call.loop).value.verified
        do throws(TokenError) {
            if let last = identity.last, unsafe last.isText(token), try memory.isGood(last, now: now()) { return last.caller }
            if let entry = unsafe memory.find(token), entry.certificateDigest == identity.certificateDigest,
                try memory.isGood(entry, now: now())
            {
                identity.last = entry
                return entry.caller
            }
        } catch {
            throw error.status
        }
        identity.verified = memory
        try attempts?.admit(call)
        let entry = try unsafe verified(Array(token), from: identity, into: memory)
        identity.last = entry
        return entry.caller
    }

    /// The slow way: by its signature.
    func verified(_ token: [UInt8], from identity: PeerIdentity, into memory: VerifiedTokens?) throws(RPCError) -> VerifiedToken {
        memory?.refresh()
        let snapshot = memory?.snapshot ?? trust.snapshot
        let now = now()
        do throws(TokenError) {
            let found = try TokenVerifier(snapshot.keys).verify(token, boundTo: identity.certificateDigest, now: now)
            let caller = Caller(
                found.claims, key: found.key, service: identity.service.name, within: found.issuer.scopes,
                snapshot.services.allowed(identity.service.name))
            if let refusal = snapshot.revocations.refusal(of: caller) { throw refusal }
            let entry = VerifiedToken(
                token, certificateDigest: identity.certificateDigest, caller: caller, publicKey: found.publicKey, under: snapshot)
            memory?.remember(entry, now: now)
            return entry
        } catch {
            if error == .unknownKey { trust.want() }
            throw error.status
        }
    }

    /// Why who began a stream may not go on with it; nil while he may. Without a snapshot nothing has changed but the time.
    func refusal(of caller: Caller, under snapshot: Trust.Snapshot?) -> TokenError? {
        if now() >= caller.expires { return .expired }
        guard let snapshot else { return nil }
        if snapshot.keys[caller.key] == nil { return .revoked }
        let allowed = snapshot.services.allowed(caller.service)
        guard let issuer = snapshot.keys.issuers[caller.issuer], issuer.tenants?.contains(caller.tenant) ?? true,
            caller.scopes.allSatisfy({ allowed.contains($0) && issuer.scopes.contains($0) })
        else { return .revoked }
        return snapshot.revocations.refusal(of: caller)
    }

    /// Those streams of a loop that go on.
    func streams(on loop: EventLoop) -> Confined<AuthenticatedStreams> {
        let confined = memory(of: loop)
        return Confined(confined.value.streams, to: loop)
    }

    /// On the loop. Asked once for each connection.
    private func memory(of loop: EventLoop) -> Confined<Memory> {
        loops.withLock { loops in
            let name = ObjectIdentifier(loop)
            if let known = loops[name] { return known }
            let new = Confined(
                Memory(verified: VerifiedTokens(trust), streams: AuthenticatedStreams(self, on: loop)), to: loop)
            loops[name] = new
            return new
        }
    }

    /// The token of `authorization: Bearer …` (RFC 6750 section 2.1).
    static func token(in value: UnsafeRawBufferPointer?, count: Int) throws(RPCError) -> UnsafeRawBufferPointer {
        guard let value = unsafe value else {
            throw RPCError(reason: .tokenMissing, "Send a token as metadata: authorization: Bearer <token>.")
        }
        guard count == 1 else {
            throw RPCError(reason: .tokenMalformed, "Send one authorization, not \(count).")
        }
        let scheme: StaticString = "bearer "
        guard value.count > scheme.utf8CodeUnitCount,
            (0..<scheme.utf8CodeUnitCount).allSatisfy({ unsafe value[$0] | 0x20 == scheme.utf8Start[$0] })
        else {
            throw RPCError(
                reason: .tokenMissing,
                "Send a token as metadata: authorization: Bearer <token>. Other schemes are not known here.")
        }
        return unsafe UnsafeRawBufferPointer(rebasing: value[scheme.utf8CodeUnitCount...])
    }
}
