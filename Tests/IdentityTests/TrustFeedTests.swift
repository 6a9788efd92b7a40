import Crypto
import Glibc
import Net
import TestSupport
import Testing

@testable import Platform
@testable import Postgres

/// What a process believes follows the database and the files, each whatever becomes of the other.
@Suite("How a process learns whom to believe", .timeLimit(.minutes(10))) struct TrustFeedTests {
    /// A feed with a database of its own.
    private struct World {
        let cluster: TestCluster
        let fresh: TestDatabase
        let loops: EventLoopGroup
        let database: Database
        let trust: Trust
        let feed: TrustFeed

        static func with(
            on cluster: TestCluster, proof: SigningKeyProof? = nil, keySets: [KeySetFile] = [], _ body: (World) async throws -> Void
        ) async throws {
            let world = try await World(cluster, try proof ?? ServerWorld.proof, keySets)
            try await world.feed.start()
            let failure: (any Error)?
            do {
                try await body(world)
                failure = nil
            } catch {
                failure = error
            }
            await world.feed.stop()
            await world.database.shutdown()
            world.loops.shutdown()
            if let failure { throw failure }
        }

        private init(_ cluster: TestCluster, _ proof: SigningKeyProof, _ keySets: [KeySetFile]) async throws {
            self.cluster = cluster
            fresh = try await cluster.freshDatabase(PlatformSchema.migrations)
            loops = try EventLoopGroup(count: 1)
            database = Database(fresh.application, loops: loops.loops)
            trust = Trust(
                keys: TrustedKeys(issuers: [TrustedIssuer(name: "dev"), TrustedIssuer(name: "elsewhere", tenants: ["demo"])]),
                services: .unrestricted)
            feed = TrustFeed(trust, database, proof: proof, keySets: keySets, on: loops.loops[0], log: Log(minimum: .error))
        }

        var revoked: Set<String> { Set(trust.snapshot.revocations.tokens.keys.map(\.name)) }

        func revoke(_ token: String) async throws {
            try await fresh.apply(
                "INSERT INTO revoked_token (tenant_id, token_id, expires_at) VALUES (current_tenant(), \(token), now() + interval '1 hour')"
            )
        }
    }

    @Test("R11 · It reads what has changed since, and all of it again when its connection was lost: the database may be another one")
    func increments() async throws {
        try await World.with(on: .shared()) { world in
            let session = try Session.connect(world.fresh.administrator)
            defer { session.finish() }
            // As a backup would have it: written by a transaction long ago, though it was not there when all was read.
            try session.executeScript(
                """
                ALTER TABLE revoked_token DISABLE TRIGGER revoked_token_stamped;
                INSERT INTO revoked_token (tenant_id, token_id, expires_at, changed_in) VALUES ('demo', 'old', now() + interval '1 hour', '3');
                ALTER TABLE revoked_token ENABLE TRIGGER revoked_token_stamped;
                """)
            try await world.revoke("first")
            try await eventually("the first was heard of") { world.revoked.contains("first") }
            try await world.revoke("second")
            try await eventually("the second was heard of") { world.revoked == ["first", "second"] }
            #expect(!world.revoked.contains("old"), "who reads all every time would have it")
            // Who is cut off again and again reads nothing: each time there is twice as long for it.
            var pause = Duration.milliseconds(100)
            while world.revoked != ["first", "second", "old"] {
                try #require(pause < .seconds(200), "its connections were ended, and it did not read all again")
                try session.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
                let end = MonotonicTime.now() + pause
                while world.revoked != ["first", "second", "old"], .now() < end {
                    try await world.loops.loops[0].sleep(for: .milliseconds(5))
                }
                pause = pause * 2
            }
        }
    }

    @Test("R11 · What a transaction writes that began before others had been read is read when it is committed")
    func overlap() async throws {
        try await World.with(on: .shared()) { world in
            let session = try Session.connect(world.fresh.administrator)
            defer { session.finish() }
            try session.executeScript(
                """
                BEGIN; INSERT INTO revoked_token (tenant_id, token_id, expires_at) VALUES ('demo', 'late', now() + interval '1 hour')
                """)
            for token in ["a", "b", "c"] {
                try await world.revoke(token)
                try await eventually("\(token) was heard of") { world.revoked.contains(token) }
            }
            #expect(!world.revoked.contains("late"))
            try session.executeScript("COMMIT")
            try await eventually("the late one was heard of") { world.revoked == ["a", "b", "c", "late"] }
        }
    }

    @Test("A tenant that is open again is known to be, and a subject's epoch moves on")
    func takenBack() async throws {
        try await World.with(on: .shared()) { world in
            try await world.fresh.apply("INSERT INTO tenant (tenant_id, state) VALUES (current_tenant(), 'suspended')")
            try await eventually("the tenant was closed") { world.trust.snapshot.revocations.suspendedTenants == ["demo"] }
            try await world.fresh.apply("UPDATE tenant SET state = 'active' WHERE tenant_id = current_tenant()")
            try await eventually("the tenant was open") { world.trust.snapshot.revocations.suspendedTenants == [] }
            let ada = Revocations.Name(tenant: "demo", name: "ada")
            for moment in ["1", "2"] {
                try await world.fresh.apply(
                    """
                    INSERT INTO subject_epoch (tenant_id, subject, not_before)
                    VALUES (current_tenant(), 'ada', to_timestamp(4000000000 + \(moment)::bigint))
                    ON CONFLICT ON CONSTRAINT subject_epoch_key DO UPDATE SET not_before = EXCLUDED.not_before
                    """)
                let expected = (4_000_000_000 + (Int64(moment) ?? 0)) * 1_000_000
                try await eventually("the epoch is the \(moment).") { world.trust.snapshot.revocations.epochs[ada] == expected }
            }
        }
    }

    @Test("What refuses only tokens that have ended is forgotten")
    func forgotten() {
        let trust = Trust(keys: TrustedKeys(issuers: []), services: .unrestricted)
        var revocations = Revocations()
        let (old, new) = (Revocations.Name(tenant: "demo", name: "old"), Revocations.Name(tenant: "demo", name: "new"))
        revocations.tokens = [old: 999_999_999, new: 1_000_000_000]
        let life = Limits.revokedSubjectSeconds * 1_000_000
        revocations.epochs = [old: 999_999_999 - life, new: 1_000_000_000 - life]
        revocations.suspendedTenants = ["closed"]
        trust.replace(stored: [:], retired: [], revocations: revocations)
        trust.forgetEnded(now: 1_000)
        let kept = trust.snapshot.revocations
        #expect(Set(kept.tokens.keys) == [new] && Set(kept.epochs.keys) == [new] && kept.suspendedTenants == ["closed"])
    }

    @Test("R11 · While the database is away what was revoked stays so; when it is back, what was revoked meanwhile is known")
    func awayAndBack() async throws {
        let cluster = try await TestCluster.start()
        try await World.with(on: cluster) { world in
            try await world.revoke("before")
            try await eventually("the first was heard of") { world.revoked == ["before"] }
            try await cluster.stop()
            #expect(world.revoked == ["before"])
            try await cluster.restart()
            try await eventually("somebody could revoke") {
                do {
                    try await world.revoke("meanwhile")
                    return true
                } catch {
                    return false
                }
            }
            try await eventually("the second was heard of") { world.revoked == ["before", "meanwhile"] }
        }
    }

    private static func write(_ text: String, to path: String) throws {
        let file = try unsafe #require(fopen(path, "w"))
        unsafe fputs(text, file)
        unsafe fclose(file)
    }

    @Test("SEC-10 · While the database is away a new key set of a foreign issuer is believed, and a broken one keeps nothing else")
    func keySetsAlone() async throws {
        let path = "/tmp/switchboard-keyset-\(UInt64.random(in: 0...UInt64.max))"
        defer { unsafe unlink(path) }
        func write(_ ids: [String]) throws {
            let keys = ids.map { id in
                let x = Base64URL.encode(Ed25519PrivateKey().publicKey.bytes)
                return #"{"kty":"OKP","crv":"Ed25519","kid":"\#(id)","x":"\#(x)"}"#
            }
            try Self.write("{\"keys\":[\(keys.joined(separator: ","))]}", to: path)
        }
        try write(["one"])
        let cluster = try await TestCluster.start()
        try await World.with(on: cluster, keySets: [KeySetFile(issuer: "elsewhere", path: path)]) { world in
            func known() -> [String] { world.trust.snapshot.keys.foreign.keys.map(\.keyID).sorted() }
            #expect(known() == ["one"])
            try Self.write("{", to: path)
            try await world.revoke("first")
            try await eventually("the token was heard of") { world.revoked == ["first"] }
            #expect(known() == ["one"])
            try await cluster.stop()
            try write(["one", "two"])
            try await eventually("the second key was read") { known() == ["one", "two"] }
            #expect(world.revoked == ["first"])
        }
    }

    /// Writes a row as somebody may who has the rights of the role that serves.
    private static func plant(_ key: Ed25519PrivateKey, _ id: String, proof: [UInt8]?, _ world: World) async throws {
        try await world.fresh.apply(
            """
            INSERT INTO signing_key (issuer, kid, algorithm, public_key, public_key_proof, state)
            VALUES ('dev', \(id), 'EdDSA', \(try key.publicKey.pem()), \(proof), 'verifying')
            """)
    }

    @Test("SEC-1 · SEC-10 · A key that somebody has planted in the database is not believed: no proof, another deployment's, another key's")
    func planted() async throws {
        try await World.with(on: .shared()) { world in
            let key = Ed25519PrivateKey()
            let pem = try key.publicKey.pem()
            let ours = try ServerWorld.proof
            let foreign = SigningKeyProof(try #require(ServerSecret(Array(1..<33))))
            func proof(_ proof: SigningKeyProof, _ issuer: String, _ id: String, _ publicKey: String) -> [UInt8] {
                proof.proof(of: KeyName(issuer: issuer, keyID: id), algorithm: "EdDSA", publicKey: publicKey)
            }
            try await Self.plant(key, "none", proof: nil, world)
            try await Self.plant(key, "foreign", proof: proof(foreign, "dev", "foreign", pem), world)
            try await Self.plant(key, "moved", proof: proof(ours, "dev", "good", pem), world)
            try await Self.plant(key, "issuer", proof: proof(ours, "elsewhere", "issuer", pem), world)
            try await Self.plant(key, "other", proof: proof(ours, "dev", "other", try Ed25519PrivateKey().publicKey.pem()), world)
            try await Self.plant(key, "good", proof: proof(ours, "dev", "good", pem), world)
            try await eventually("the good one was read") { !world.trust.snapshot.keys.stored.isEmpty }
            #expect(world.trust.snapshot.keys.stored.keys.map(\.keyID) == ["good"])
        }
    }

    @Test("SEC-10 · Keys of before are believed once a server has opened them with its key ring; of another ring's nobody vouches for")
    func proven() async throws {
        let former = SigningKeyProof(try #require(ServerSecret(Array(1..<33))))
        try await World.with(on: .shared()) { world in
            let ring = KeyRing(try KeyRingText(firstKey: "one"))
            try await TokenIssuer(database: world.database, ring: ring, proof: former, issuer: "dev").prepare()
            let id: String = try await world.database.batch(Scope(tenant: nil, caller: "test", requestID: "test")) {
                $0.one("SELECT kid FROM signing_key")
            }
            try await world.revoke("one")
            try await eventually("the row was read") { world.revoked.contains("one") }
            #expect(world.trust.snapshot.keys.stored.isEmpty)
            let now = try ServerWorld.proof
            let stranger = KeyRing(try KeyRingText(firstKey: "other"))
            try await TokenIssuer(database: world.database, ring: stranger, proof: now, issuer: "dev").proveKeys()
            try await world.revoke("two")
            try await eventually("the row was read again") { world.revoked.contains("two") }
            #expect(world.trust.snapshot.keys.stored.isEmpty)
            try await TokenIssuer(database: world.database, ring: ring, proof: now, issuer: "dev").prepare()
            try await eventually("the key was believed") { world.trust.snapshot.keys.stored.keys.map(\.keyID) == [id] }
        }
    }
}
