import BenchAPI
import Crypto
import Net
import RPC

@testable import Platform

/// An issuer with two keys, and tokens of it for services whose certificates are made up.
struct IdentityWorld: Sendable {
    static let issuer = "dev"
    static let epoch: Int64 = 1_800_000_000

    let key = Ed25519PrivateKey()
    let digest = SHA256.digest(Array("a client certificate".utf8))
    let trust: Trust

    init() {
        trust = Trust(
            keys: TrustedKeys(
                issuers: [TrustedIssuer(name: Self.issuer)],
                configured: [KeyName(issuer: Self.issuer, keyID: "k1"): .ed25519(key.publicKey)]),
            services: .unrestricted)
    }

    func token(
        id: String = "1", subject: String = "ada", tenant: String = "demo", scopes: [String] = ["echo:use"], at time: Int64 = epoch,
        seconds: Int64 = 900, boundTo digest: [UInt8]? = nil
    ) throws -> String {
        let claims = TokenClaims(
            issuer: Self.issuer, subject: subject, tenant: tenant, scopes: scopes, id: id, issuedAt: time, expires: time + seconds,
            certificateDigest: digest ?? self.digest)
        return try TokenSigner(key: key, keyID: "k1").sign(claims)
    }

    /// Revokes one token, as the database would tell.
    func revoke(_ id: String) {
        var revocations = Revocations()
        revocations.tokens = [Revocations.Name(tenant: "demo", name: id): .max]
        trust.replace(stored: [:], retired: [], revocations: revocations)
    }
}

/// Stands for a certificate, where the network has no TLS.
struct PretendCertificate: CallGuard {
    let digest: [UInt8]

    func admit(_ call: Call) {
        call.principal = PeerIdentity(service: ServiceIdentity(trustDomain: "test.example", name: "voice"), certificateDigest: digest)
    }
}

/// `bench.v1.Echo` whose streams go on until they are ended, and take new tokens as payloads.
struct StreamingEcho: Echo {
    let ended: @Sendable (String) -> Void

    func unary(_ request: EchoRequest, _ call: Call) async throws -> EchoReply { reply(call[Caller.self]?.subject ?? "") }

    /// A reply a second.
    func serverStream(_ request: EchoRequest, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        do {
            while true {
                try await replies.send(reply("tick"))
                try await call.loop.sleep(for: .seconds(1))
            }
        } catch {
            ended("cancelled: \(Task.isCancelled)")
            throw error
        }
    }

    func clientStream(_ requests: Inbound<EchoRequest>, _ call: Call) async throws -> EchoReply {
        for try await _ in requests {}
        return reply("done")
    }

    /// Each request is a new token; what comes of it is the reply.
    func bidiStream(_ requests: Inbound<EchoRequest>, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        for try await request in requests {
            do throws(RPCError) {
                try call.renew(token: String(decoding: request.payload, as: UTF8.self))
                try await replies.send(reply("renewed by \(call[Caller.self]?.tokenID ?? "nobody")"))
            } catch {
                try await replies.send(reply(error.reason ?? ""))
            }
        }
    }

    private func reply(_ text: String) -> EchoReply {
        var reply = EchoReply()
        reply.payload = Array(text.utf8)
        return reply
    }
}
