import Net
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Platform

/// A table of several tenants with a sealed column, as a service would have it.
private struct RewrapWorld {
    let fresh: TestDatabase
    let database: Database

    static let column = SealedColumn(table: "mailbox", column: "sealed_token")

    private static let schema = Migration(
        service: "test", number: 1, name: "mailbox",
        sql: """
            CREATE TABLE mailbox (tenant_id text NOT NULL, id bigint NOT NULL, sealed_token bytea, note text NOT NULL DEFAULT '',
                PRIMARY KEY (tenant_id, id));
            ALTER TABLE mailbox ENABLE ROW LEVEL SECURITY;
            ALTER TABLE mailbox FORCE ROW LEVEL SECURITY;
            CREATE POLICY tenant ON mailbox USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
            CREATE POLICY rewrapper ON mailbox TO CURRENT_USER USING (true);
            GRANT SELECT, INSERT, UPDATE ON mailbox TO switchboard_app;
            INSERT INTO sealed_column (table_name, column_name, tenant, id) VALUES ('mailbox', 'sealed_token', 'tenant_id', 'id::text');
            """)

    static func with(_ body: (RewrapWorld) async throws -> Void) async throws {
        let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations + [schema])
        let loops = try EventLoopGroup(count: 1)
        let world = RewrapWorld(fresh: fresh, database: Database(fresh.application, loops: loops.loops))
        let failure: (any Error)?
        do {
            try await body(world)
            failure = nil
        } catch {
            failure = error
        }
        await world.database.shutdown()
        loops.shutdown()
        if let failure { throw failure }
    }

    static let tenants = ["acme", "emca", "zeta"]

    static func scope(_ tenant: String) -> Scope { Scope(tenant: tenant, caller: "test/ada", requestID: "request-7") }

    static func place(_ tenant: String, _ id: Int) -> SealedPlace {
        SealedPlace(tenant: tenant, kind: column.kind, id: "\(id)")
    }

    static func token(_ tenant: String, _ id: Int) -> String { "refresh-token-\(tenant)-\(id)" }

    /// Rows of some hundred bytes, so that they take many pages.
    func fill(_ ring: KeyRing, rows: Int) async throws {
        for tenant in Self.tenants {
            for first in stride(from: 0, to: rows, by: 50) {
                let sealed = try (first..<min(first + 50, rows)).map { id in
                    (id, try ring.seal(Array(Self.token(tenant, id).utf8), as: Self.place(tenant, id)))
                }
                try await database.batch(Self.scope(tenant)) { batch in
                    for (id, value) in sealed {
                        batch.enqueue("INSERT INTO mailbox (tenant_id, id, sealed_token) VALUES (current_tenant(), \(id), \(value))")
                    }
                }
            }
        }
    }

    func read(_ ring: KeyRing, _ tenant: String, _ id: Int) async throws -> String {
        let sealed: [UInt8] = try await database.batch(Self.scope(tenant)) { $0.one("SELECT sealed_token FROM mailbox WHERE id = \(id)") }
        return String(decoding: try ring.open(sealed, at: Self.place(tenant, id)), as: UTF8.self)
    }
}

private final class Progress: Sendable {
    let isOver = Atomic(false)
    let reads = Atomic(0)
}

@Suite struct RewrapTests {
    @Test("R4 · SEC-10 · A new key wraps all rows again while they are read and written, and the old key is not needed any more")
    func online() async throws {
        try await RewrapWorld.with { world in
            let rows = 400
            var text = try KeyRingText(firstKey: "old")
            let ring = KeyRing(text)
            try await world.fill(ring, rows: rows)
            #expect(try await Rewrap.keysInUse(world.database) == ["old": 3 * rows])
            try text.add("new")
            try text.makePrimary("new")
            ring.replace(with: text)

            let progress = Progress()
            try await withThrowingTaskGroup { group in
                for tenant in RewrapWorld.tenants {
                    // Reads all the time, and writes what moves rows about.
                    group.addTask {
                        var id = 0
                        while !progress.isOver.load(ordering: .relaxed) || id < 10 {
                            #expect(try await world.read(ring, tenant, id % rows) == RewrapWorld.token(tenant, id % rows))
                            try await world.database.batch(RewrapWorld.scope(tenant)) { batch in
                                batch.enqueue("UPDATE mailbox SET note = note || 'x' WHERE id = \(id * 7 % rows)")
                            }
                            progress.reads.add(1, ordering: .relaxed)
                            id += 1
                        }
                    }
                }
                group.addTask {
                    let outcome = try await Rewrap(world.database, ring).run()
                    #expect(outcome == Rewrap.Outcome(rewrapped: 3 * rows, broken: []))
                    progress.isOver.store(true, ordering: .relaxed)
                }
                try await group.waitForAll()
            }
            #expect(progress.reads.load(ordering: .relaxed) >= 30)
            #expect(try await Rewrap.keysInUse(world.database) == ["new": 3 * rows])
            #expect(try await Rewrap(world.database, ring).run() == Rewrap.Outcome())

            try text.retire("old")
            ring.replace(with: text)
            for tenant in RewrapWorld.tenants {
                for id in [0, rows / 2, rows - 1] { #expect(try await world.read(ring, tenant, id) == RewrapWorld.token(tenant, id)) }
            }
        }
    }

    @Test("R4 · A dump of the database holds no plaintext")
    func dump() async throws {
        try await RewrapWorld.with { world in
            try await world.fill(KeyRing(try KeyRingText(firstKey: "one")), rows: 20)
            let dump = try await world.fresh.data()
            #expect(dump.contains("COPY public.mailbox"))
            #expect(dump.contains("acme"))
            #expect(!dump.contains("refresh-token"))
            // As bytea shows it.
            #expect(!dump.contains(Array("refresh-token".utf8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()))
        }
    }

    @Test("R4 · A value that was moved to another row is told by its place and left as it is; the others go on")
    func moved() async throws {
        try await RewrapWorld.with { world in
            var text = try KeyRingText(firstKey: "old")
            let ring = KeyRing(text)
            try await world.fill(ring, rows: 5)
            try await world.database.batch(RewrapWorld.scope("acme")) { batch in
                batch.enqueue("UPDATE mailbox SET sealed_token = (SELECT sealed_token FROM mailbox WHERE id = 1) WHERE id = 2")
            }
            await #expect(throws: SecretError.cannotOpen(RewrapWorld.place("acme", 2), keyID: "old")) {
                try await world.read(ring, "acme", 2)
            }
            try text.add("new")
            try text.makePrimary("new")
            ring.replace(with: text)
            let outcome = try await Rewrap(world.database, ring).run()
            #expect(outcome == Rewrap.Outcome(rewrapped: 14, broken: [RewrapWorld.place("acme", 2)]))
            #expect(try await Rewrap.keysInUse(world.database) == ["old": 1, "new": 14])
        }
    }

    @Test("R8 · The functions take no table but those that are declared")
    func undeclared() async throws {
        try await RewrapWorld.with { world in
            for column in [SealedColumn(table: "mailbox", column: "note"), SealedColumn(table: "tenant", column: "reason")] {
                await #expect(throws: PostgresError.self) {
                    let _: [FoundSealedValue] = try await world.database.batch(RewrapWorld.scope("acme")) {
                        $0.all(.sealedValues(of: column, from: 0, pages: 1, butFor: [1]))
                    }
                }
                await #expect(throws: PostgresError.self) {
                    let _: Int = try await world.database.batch(RewrapWorld.scope("acme")) { $0.one(.rewrap(column, [])) }
                }
                await #expect(throws: PostgresError.self) {
                    let _: [SealedKeyUse] = try await world.database.batch(RewrapWorld.scope("acme")) { $0.all(.sealedKeys(of: column)) }
                }
            }
        }
    }
}
