internal import RPC

extension Trust {
    /// What a token says that is not called with, but handed over for another one: it may be bound to any certificate, and everything else
    /// is checked. Its scopes are those that its issuer may give.
    func subject(of token: String, now: Int64) throws(RPCError) -> TokenClaims {
        let snapshot = snapshot
        do throws(TokenError) {
            let found = try TokenVerifier(snapshot.keys).verify(Array(token.utf8), boundTo: nil, now: now)
            let caller = Caller(found.claims, key: found.key, service: "", within: found.issuer.scopes)
            if let refusal = snapshot.revocations.refusal(of: caller) { throw refusal }
            var claims = found.claims
            claims.roles = []
            claims.scopes = caller.scopes.sorted()
            return claims
        } catch {
            if error == .unknownKey { want() }
            throw error.status
        }
    }
}
