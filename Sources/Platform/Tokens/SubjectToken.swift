internal import RPC

/// A token that is not called with, but handed over for another one.
struct SubjectToken {
    /// What it says, its roles turned into scopes, as far as its issuer may give them.
    var claims: TokenClaims
    var roles: Set<String>
    /// Those of its scopes that it does not name itself.
    var roleScopes: Set<String>
}

extension Trust {
    /// It may be bound to any certificate, and everything else is checked.
    func subject(of token: String, now: Int64) throws(RPCError) -> SubjectToken {
        let snapshot = snapshot
        do throws(TokenError) {
            let found = try TokenVerifier(snapshot.keys).verify(Array(token.utf8), boundTo: nil, now: now)
            let caller = Caller(found.claims, key: found.key, service: "", within: found.issuer.scopes)
            if let refusal = snapshot.revocations.refusal(of: caller) { throw refusal }
            var claims = found.claims
            claims.roles = []
            claims.scopes = caller.scopes.sorted()
            return SubjectToken(
                claims: claims, roles: Set(found.claims.roles), roleScopes: caller.scopes.subtracting(found.claims.scopes))
        } catch {
            if error == .unknownKey { want() }
            throw error.status
        }
    }
}
