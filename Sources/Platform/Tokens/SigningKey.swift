internal import Crypto
internal import Postgres

/// A key that tokens are signed with, as others may know it.
public struct SigningKey: Sendable, Hashable {
    /// The `kid`.
    public var id: String
    /// 32 bytes.
    public var publicKey: [UInt8]
    /// Seconds since 1970.
    public var created: Int64
    /// Seconds since 1970: from when on it signs.
    public var signsFrom: Int64
}

/// A new one, its private half sealed under the platform's key ring.
struct NewSigningKey: Sendable {
    let key: SigningKey
    let issuer: String
    let publicPEM: String
    let proof: [UInt8]
    let sealed: [UInt8]

    /// - Parameter signsAtOnce: the first key has nobody who could sign in its stead. Any other signs when all servers have heard of it.
    init(issuer: String, ring: KeyRing, proof: SigningKeyProof, now: Int64, signsAtOnce: Bool) throws {
        let privateKey = Ed25519PrivateKey()
        let id = Base64URL.encode(SecureRandom.bytes(Limits.signingKeyIDBytes))
        key = SigningKey(
            id: id, publicKey: privateKey.publicKey.bytes, created: now,
            signsFrom: signsAtOnce ? now : now + Limits.signingKeyAnnouncementSeconds)
        self.issuer = issuer
        publicPEM = try privateKey.publicKey.pem()
        self.proof = proof.proof(of: KeyName(issuer: issuer, keyID: id), algorithm: "EdDSA", publicKey: publicPEM)
        sealed = try ring.seal(Array(try privateKey.pem().utf8), as: .signingKey(id))
    }
}

/// The one that signs, as the database keeps it.
struct SealedSigningKey: Sendable, RowDecodable {
    let id: String
    let sealed: [UInt8]

    init(row: Row) throws(PostgresError) {
        id = try row["kid"]
        sealed = try row["sealed_private_key"]
    }
}

/// One that may sign, with what shows that it is ours.
struct KeptSigningKey: Sendable, RowDecodable {
    let id: String
    let algorithm: String
    let publicPEM: String
    let proof: [UInt8]?
    let sealed: [UInt8]

    init(row: Row) throws(PostgresError) {
        id = try row["kid"]
        algorithm = try row["algorithm"]
        publicPEM = try row["public_key"]
        proof = try row["public_key_proof"]
        sealed = try row["sealed_private_key"]
    }
}

extension SealedPlace {
    static func signingKey(_ id: String) -> SealedPlace {
        SealedPlace(tenant: PlatformTenant.name, kind: "signing_key.sealed_private_key", id: id)
    }
}
