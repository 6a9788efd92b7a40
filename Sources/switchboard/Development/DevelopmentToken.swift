internal import Console
internal import Crypto
internal import Net
internal import Platform
internal import Postgres

/// The token file that a development server keeps fresh, for clients that cannot ask for tokens: tenant `demo`, every scope that there is,
/// bound to the client certificate. It is made as all tokens are, by the server's own key.
struct DevelopmentToken {
    let keys: DevelopmentKeys
    let path: String

    /// - Returns: how long it lives, in seconds.
    func write(_ issuer: TokenIssuer) async throws -> Int64 {
        let everything = Delegation(
            subject: DevelopmentKeys.clientService, tenant: StateFolder.tenant, scopes: Scopes.all,
            expires: issuer.expiry(lifetimeSeconds: nil))
        let scope = Scope(tenant: StateFolder.tenant, caller: "dev", requestID: "dev", deadline: .now() + .seconds(30))
        let token = try await issuer.issue(everything, boundTo: keys.clientCertificate.fingerprint, scope)
        try Files.write(token.text, to: path, mode: 0o600)
        return token.lifetimeSeconds
    }

    /// Writes a new one at half of its life, until the task is cancelled. A token that is read just before still lives for as long again.
    func renew(_ issuer: TokenIssuer, lifetimeSeconds: Int64, onFailure report: (any Error) -> Void) async {
        var pause = lifetimeSeconds / 2
        while true {
            do {
                try await Task.sleep(for: .seconds(pause))
            } catch {
                return
            }
            do {
                pause = try await write(issuer) / 2
            } catch {
                report(error)
                // While the old one lives.
                pause = 5
            }
        }
    }
}
