import Net
import Postgres
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import Platform

/// One note-taking service on a database of its own.
private struct NoteWorld {
    let calls: CallWorld
    let database: Database

    private static let schema = Migration(
        service: "test", number: 1, name: "note",
        sql: """
            CREATE TABLE note (tenant_id text NOT NULL, body text NOT NULL CHECK (body <> 'bad'));
            ALTER TABLE note ENABLE ROW LEVEL SECURITY;
            ALTER TABLE note FORCE ROW LEVEL SECURITY;
            CREATE POLICY tenant ON note USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
            GRANT SELECT, INSERT ON note TO switchboard_app;
            """)

    static func with(_ body: (NoteWorld) async throws -> Void) async throws {
        let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations + [schema])
        let loops = try EventLoopGroup(count: 2)
        let world = NoteWorld(calls: try CallWorld(), database: Database(fresh.application, loops: loops.loops))
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

    /// What a handler does: writes the note that the request names, and replies `reply`.
    func write(_ body: String, reply: String, tenant: String = "a", subject: String = "ada", key: String) async throws -> String {
        let call = try calls.call(tenant: tenant, subject: subject, key: key)
        var request = StringValue()
        request.value = body
        var answer = StringValue()
        answer.value = reply
        return try await database.once(IdempotencyKey(call), request: request, reply: answer, call) { batch in
            batch.enqueue("INSERT INTO note (tenant_id, body) VALUES (current_tenant(), \(body))")
        }.value
    }

    func notes(tenant: String = "a") async throws -> Int {
        let call = try calls.call(tenant: tenant)
        return try await database.batch(call) { $0.one("SELECT count(*) FROM note") }
    }
}

/// A repeated call under one idempotency-key, against a real PostgreSQL.
struct OnceOnlyTests {
    @Test("a repetition gets the first reply and writes nothing")
    func repetition() async throws {
        try await NoteWorld.with { (world) async throws in
            #expect(try await world.write("x", reply: "first", key: "key-00001") == "first")
            #expect(try await world.write("x", reply: "second", key: "key-00001") == "first")
            #expect(try await world.notes() == 1)
            #expect(try await world.write("x", reply: "third", key: "key-00002") == "third")
            #expect(try await world.notes() == 2)
        }
    }

    @Test("the same key with another request is refused, and changes nothing")
    func reused() async throws {
        try await NoteWorld.with { (world) async throws in
            _ = try await world.write("x", reply: "first", key: "key-00001")
            let error = await status { _ = try await world.write("y", reply: "second", key: "key-00001") }
            #expect(error?.code == .failedPrecondition)
            #expect(error?.reason == "IDEMPOTENCY_KEY_REUSED")
            #expect(try await world.notes() == 1)
        }
    }

    @Test("keys of two tenants, and of two callers of one, have nothing to do with each other")
    func apart() async throws {
        try await NoteWorld.with { (world) async throws in
            #expect(try await world.write("x", reply: "of a", tenant: "a", key: "key-00001") == "of a")
            #expect(try await world.write("x", reply: "of b", tenant: "b", key: "key-00001") == "of b")
            #expect(try await world.write("x", reply: "of grace", tenant: "a", subject: "grace", key: "key-00001") == "of grace")
            #expect(try await world.notes(tenant: "a") == 2)
            #expect(try await world.notes(tenant: "b") == 1)
        }
    }

    @Test("what fails leaves no key behind: the repetition is a first try")
    func failure() async throws {
        try await NoteWorld.with { (world) async throws in
            await #expect(throws: PostgresError.self) { _ = try await world.write("bad", reply: "never", key: "key-00001") }
            #expect(try await world.notes() == 0)
            #expect(try await world.write("good", reply: "now", key: "key-00001") == "now")
        }
    }

    @Test("of many that come at once one writes, and all get its reply")
    func race() async throws {
        try await NoteWorld.with { (world) async throws in
            let replies = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<20 { group.addTask { try await world.write("x", reply: "\(number)", key: "key-00001") } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(replies.count == 1)
            #expect(try await world.notes() == 1)
        }
    }

    @Test(
        "a key that is missing, doubled or malformed is refused for its own reason",
        arguments: [
            ([], "IDEMPOTENCY_KEY_MISSING"), (["short"], "IDEMPOTENCY_KEY_MALFORMED"), (["has a space"], "IDEMPOTENCY_KEY_MALFORMED"),
            ([String(repeating: "k", count: 65)], "IDEMPOTENCY_KEY_MALFORMED"), (["key-00001", "key-00002"], "IDEMPOTENCY_KEY_MALFORMED"),
            (["ключ-ключ"], "IDEMPOTENCY_KEY_MALFORMED"),
        ])
    func keys(values: [String], reason: String) {
        let error = #expect(throws: RPCError.self) { try IdempotencyKey(values) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.reason == reason)
    }

    @Test("the app role can neither change nor remove a kept reply, nor see another tenant's")
    func rowLevelSecurity() async throws {
        try await NoteWorld.with { (world) async throws in
            _ = try await world.write("x", reply: "of a", tenant: "a", key: "key-00001")
            let other = try world.calls.call(tenant: "b")
            let seen: Int = try await world.database.batch(other) { $0.one("SELECT count(*) FROM idempotency_key") }
            #expect(seen == 0)
            let own = try world.calls.call(tenant: "a")
            for statement: SQL in ["DELETE FROM idempotency_key", "UPDATE idempotency_key SET reply = ''"] {
                let error = await #expect(throws: PostgresError.self) { try await world.database.batch(own) { $0.enqueue(statement) } }
                #expect(error?.kind == .insufficientPrivilege)
            }
        }
    }
}
