internal import Net
internal import RPC
internal import Synchronization

/// A stream that goes on, and the token by which it does.
final class AuthenticatedStream: CallKey, Sendable {
    typealias Value = AuthenticatedStream

    private let call: Call
    private let identity: PeerIdentity
    private let authenticator: Authenticator
    private let latest: Mutex<Caller>
    private let isRenewed = Atomic(false)

    init(_ call: Call, _ caller: Caller, _ identity: PeerIdentity, _ authenticator: Authenticator) {
        self.call = call
        self.identity = identity
        self.authenticator = authenticator
        latest = Mutex(caller)
    }

    /// By the token that was sent last.
    var caller: Caller { latest.withLock { $0 } }

    func renew(_ token: [UInt8]) throws(RPCError) {
        let caller = try authenticator.verified(token, from: identity, into: nil).caller
        try latest.withLock { (latest) throws(RPCError) in
            guard caller.issuer == latest.issuer, caller.subject == latest.subject, caller.actors == latest.actors,
                caller.tenant == latest.tenant
            else {
                throw RPCError(
                    reason: .unauthenticated, "The new token is another caller's: this stream goes on in the name that it began in.")
            }
            if let missing = latest.scopes.subtracting(caller.scopes).min() {
                throw RPCError(
                    reason: .scopeMissing, "The new token does not allow what this stream began with: it needs the scope \(missing).",
                    metadata: ["missing_scope": missing])
            }
            latest = caller
        }
        isRenewed.store(true, ordering: .releasing)
    }

    /// Whether the token is one that no look at what was told of has seen: it may have been revoked while it was verified.
    func takeRenewal() -> Bool { isRenewed.exchange(false, ordering: .acquiringAndReleasing) }

    func end(_ refusal: TokenError) { call.end(refusal.status) }
}

/// The streams of one loop, looked at again by one timer for all of them. Confined to the loop.
final class AuthenticatedStreams {
    private let loop: EventLoop
    private unowned let authenticator: Authenticator
    private var streams: [ObjectIdentifier: AuthenticatedStream] = [:]
    private var generation: Int
    private var timer: Timer?

    init(_ authenticator: Authenticator, on loop: EventLoop) {
        self.authenticator = authenticator
        self.loop = loop
        generation = authenticator.trust.generation
    }

    var count: Int { streams.count }

    func add(_ stream: AuthenticatedStream) {
        streams[ObjectIdentifier(stream)] = stream
        if timer == nil { schedule() }
    }

    func remove(_ stream: AuthenticatedStream) {
        streams[ObjectIdentifier(stream)] = nil
        guard streams.isEmpty else { return }
        timer?.cancel()
        timer = nil
    }

    private func schedule() {
        timer = loop.schedule(at: loop.now + Limits.streamCheck) { [weak self] in self?.check() }
    }

    /// What was told of since is looked for in all of them; otherwise only the time is compared.
    private func check() {
        let newest = authenticator.trust.generation
        let snapshot = newest == generation ? nil : authenticator.trust.snapshot
        generation = newest
        for stream in Array(streams.values) {
            let known = stream.takeRenewal() ? authenticator.trust.snapshot : snapshot
            guard let refusal = authenticator.refusal(of: stream.caller, under: known) else { continue }
            remove(stream)
            stream.end(refusal)
        }
        if !streams.isEmpty { schedule() }
    }
}
