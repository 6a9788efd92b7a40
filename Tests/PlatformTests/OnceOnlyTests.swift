import HTTP2
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
    let administrator: Database.Configuration

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
        let world = NoteWorld(
            calls: try CallWorld(), database: Database(fresh.application, loops: loops.loops),
            administrator: fresh.administrator)
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

    /// The same by a transaction that finds its reply at the end: how many notes there are then.
    func writeAndCount(_ body: String, key: String, _ beforeEnd: () async throws -> Void = {}) async throws -> String {
        let call = try calls.call(tenant: "a", key: key)
        var request = StringValue()
        request.value = body
        return try await database.once(IdempotencyKey(call), request: request, call) { transaction in
            transaction.enqueue("INSERT INTO note (tenant_id, body) VALUES (current_tenant(), \(body))")
            let count: Int = try await transaction.one("SELECT count(*) FROM note")
            try await beforeEnd()
            var reply = StringValue()
            reply.value = "\(count) notes"
            return reply
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

    @Test("of many that come at once one writes, and the others get its reply or are told to come again")
    func race() async throws {
        try await NoteWorld.with { (world) async throws in
            let outcomes = await withTaskGroup(of: Result<String, any Error>.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            return .success(try await world.write("x", reply: "\(number)", key: "key-00001"))
                        } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let kept = try await world.write("x", reply: "late", key: "key-00001")
            for outcome in outcomes {
                switch outcome {
                case .success(let reply): #expect(reply == kept)
                case .failure(let error): #expect((error as? RPCError)?.reason == "IDEMPOTENCY_IN_PROGRESS")
                }
            }
            #expect(try await world.notes() == 1)
        }
    }

    @Test("while the first call is under way a second is told so at once, and when to come again; another key is not held up")
    func inProgress() async throws {
        try await NoteWorld.with { (world) async throws in
            let first = try await world.writeAndCount("x", key: "key-00001") { () async throws in
                for attempt in [
                    { _ = try await world.write("x", reply: "y", key: "key-00001") },
                    { _ = try await world.writeAndCount("x", key: "key-00001") },
                ] {
                    let error = await status(of: attempt)
                    #expect(error?.code == .aborted)
                    #expect(error?.reason == "IDEMPOTENCY_IN_PROGRESS")
                    #expect(error?.detail(RetryInfo.self)?.retryDelay?.nanos == 200_000_000)
                }
                #expect(try await world.write("x", reply: "other", key: "key-00002") == "other")
            }
            #expect(first == "1 notes")
            #expect(try await world.notes() == 2)
        }
    }

    @Test("a transaction is done once, too: a repetition gets the reply that its end gave, and another request is refused")
    func transactions() async throws {
        try await NoteWorld.with { (world) async throws in
            #expect(try await world.writeAndCount("x", key: "key-00001") == "1 notes")
            #expect(try await world.writeAndCount("y", key: "key-00002") == "2 notes")
            #expect(try await world.writeAndCount("x", key: "key-00001") == "1 notes")
            let error = await status { _ = try await world.writeAndCount("z", key: "key-00001") }
            #expect(error?.reason == "IDEMPOTENCY_KEY_REUSED")
            #expect(try await world.notes() == 2)
            // What fails leaves no key.
            await #expect(throws: PostgresError.self) { _ = try await world.writeAndCount("bad", key: "key-00003") }
            await #expect(throws: CancellationError.self) {
                _ = try await world.writeAndCount("x", key: "key-00003") { throw CancellationError() }
            }
            #expect(try await world.writeAndCount("x", key: "key-00003") == "3 notes")
        }
    }

    @Test("keys that are older than a day are removed, those of all tenants, and no other")
    func purge() async throws {
        try await NoteWorld.with { (world) async throws in
            for tenant in ["a", "b"] {
                for key in ["key-old-1", "key-old-2", "key-new-1"] { _ = try await world.write("x", reply: "y", tenant: tenant, key: key) }
            }
            let owner = try EventLoopGroup(count: 1)
            defer { owner.shutdown() }
            let administration = Database(world.administrator, loops: owner.loops)
            try await administration.batch(Scope(tenant: nil, caller: "", requestID: "")) {
                $0.enqueue("UPDATE idempotency_key SET created_at = now() - interval '24 hours 1 second' WHERE key LIKE 'key-old%'")
            }
            await administration.shutdown()
            #expect(try await IdempotencyKeys.purgeExpired(world.database) == 4)
            #expect(try await IdempotencyKeys.purgeExpired(world.database) == 0)
            #expect(try await world.write("x", reply: "again", key: "key-old-1") == "again")
            #expect(try await world.write("x", reply: "again", key: "key-new-1") == "y")
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
        let error = #expect(throws: RPCError.self) { try IdempotencyKey(HTTPFields(values.map { ("idempotency-key", $0) })) }
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
