internal import Console
internal import Crypto
internal import Platform

/// The token file that a development server keeps fresh: tenant `demo`, every role, bound to the client certificate.
struct DevelopmentToken {
    static let tenant = "demo"
    static let lifetimeSeconds: Int64 = 900

    let keys: DevelopmentKeys
    let path: String

    func write(now: Int64) throws {
        let claims = TokenClaims(
            issuer: DevelopmentKeys.issuer, subject: DevelopmentKeys.clientService, tenant: Self.tenant, roles: [Role.admin.rawValue],
            id: Base64URL.encode(SecureRandom.bytes(8)), issuedAt: now, expires: now + Self.lifetimeSeconds,
            certificateDigest: keys.clientCertificate.fingerprint)
        let token = try TokenSigner(key: keys.tokenKey, keyID: DevelopmentKeys.keyID).sign(claims)
        try Files.write(token, to: path, mode: 0o600)
    }

    /// Writes a new one at half of its life, until the task is cancelled. A token that is read just before still lives for as long again.
    func renew(onFailure report: (any Error) -> Void) async {
        while true {
            do {
                try await Task.sleep(for: .seconds(Self.lifetimeSeconds / 2))
            } catch {
                return
            }
            do {
                try write(now: UnixTime.now())
            } catch {
                report(error)
            }
        }
    }
}
