import Crypto
import Net
import Postgres
import TestSupport
import Testing

@Suite struct RowLevelSecurityTests {
    static func add(_ body: String) -> SQL {
        "INSERT INTO note (id, body) VALUES (\(UUIDv7Generator.system.next()), \(body))"
    }

    static let bodies: SQL = "SELECT body FROM note ORDER BY body"

    @Test("A tenant sees its own rows, without a filter in the statement; no tenant sees none")
    func reads() async throws {
        try await World.with { world in
            for tenant in ["a", "b"] {
                try await world.connections.batch(.of(tenant)) { $0.enqueue(Self.add("of \(tenant)")) }
            }
            for (tenant, seen) in [("a", ["of a"]), ("b", ["of b"]), (nil, []), ("", [])] {
                let inBatch: [String] = try await world.connections.batch(.of(tenant)) { $0.all(Self.bodies) }
                #expect(inBatch == seen)
                let inTransaction: [String] = try await world.connections.transaction(.of(tenant)) { try await $0.all(Self.bodies) }
                #expect(inTransaction == seen)
            }
        }
    }

    @Test("A role that row-level security does not hold is told from one that it holds")
    func powers() async throws {
        let database = try await TestCluster.shared().freshDatabase(World.migrations)
        #expect(try await database.application.powerOverRowSecurity() == nil)
        #expect(try await database.owner.powerOverRowSecurity()?.hasSuffix("the owner of tables") == true)
        #expect(try await database.administrator.powerOverRowSecurity()?.hasSuffix("a superuser") == true)
    }

    @Test("A tenant cannot write, change or delete another one's rows")
    func writes() async throws {
        try await World.with { world in
            try await world.connections.batch(.of("a")) { $0.enqueue(Self.add("of a")) }
            let error = await postgresError {
                try await world.connections.batch(.of("b")) { batch in
                    batch.enqueue("INSERT INTO note (id, tenant_id, body) VALUES (\(UUIDv7Generator.system.next()), 'a', 'planted')")
                }
            }
            #expect(error?.kind == .insufficientPrivilege)
            let (updated, deleted): (Int, Int) = try await world.connections.batch(.of("b")) { batch in
                (batch.execute("UPDATE note SET body = 'taken'"), batch.execute("DELETE FROM note"))
            }
            #expect(updated == 0 && deleted == 0)
            let left: [String] = try await world.connections.batch(.of("a")) { $0.all(Self.bodies) }
            #expect(left == ["of a"])
        }
    }

    @Test("The owner is held by it, too, and the application's role can neither pass nor change it")
    func roles() async throws {
        try await World.with { world in
            try await world.connections.batch(.of("a")) { $0.enqueue(Self.add("of a")) }
            let owner = Database(world.database.owner, loops: world.loops.loops)
            let seen: [String] = try await owner.batch(.of(nil)) { $0.all(Self.bodies) }
            await owner.shutdown()
            #expect(seen.isEmpty)
            let powers: [Bool] = try await world.administration.batch(.anyone) { batch in
                batch.all(
                    """
                    SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication FROM pg_roles
                    WHERE rolname = ANY(\([Administrator.applicationRole, Administrator.ownerRole]))
                    """)
            }
            #expect(powers == [false, false])
            let owned: Int = try await world.administration.batch(.anyone) {
                $0.one("SELECT count(*) FROM pg_class WHERE relowner = \(Administrator.applicationRole)::text::regrole")
            }
            #expect(owned == 0)
            for attempt: SQL in ["ALTER TABLE note DISABLE ROW LEVEL SECURITY", "CREATE TABLE mine ()", "SET ROLE switchboard_owner"] {
                let error = await postgresError { try await world.connections.batch(.of("a")) { $0.enqueue(attempt) } }
                #expect(error?.kind == .insufficientPrivilege)
            }
        }
    }
}
