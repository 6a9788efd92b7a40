import Net
import Postgres
import TestSupport
import Testing

@Suite struct TransactionTests {
    struct Refused: Error, Equatable {}

    static func count(_ world: World) async throws -> Int {
        try await world.connections.batch(.anyone) { $0.one("SELECT count(*) FROM counter") }
    }

    @Test("A transaction reads its own writes, and commits when its closure returns")
    func commits() async throws {
        try await World.with { world in
            let seen = try await world.connections.transaction(.of("acme")) { tx in
                tx.enqueue("INSERT INTO counter VALUES ('a', 1)")
                let value: Int = try await tx.one("SELECT value FROM counter WHERE name = 'a'")
                let written = try await tx.execute("UPDATE counter SET value = \(value + 1)")
                #expect(written == 1)
                let (tenant, all): (String, [Int]) = try await tx.batch { batch in
                    (batch.one("SELECT current_tenant()"), batch.all("SELECT value FROM counter"))
                }
                #expect(tenant == "acme")
                return all
            }
            #expect(seen == [2])
            let rows = try await Self.count(world)
            #expect(rows == 1)
        }
    }

    @Test("A transaction that only enqueues is committed, too")
    func enqueuesOnly() async throws {
        try await World.with { world in
            try await world.connections.transaction(.anyone) { tx in
                tx.enqueue("INSERT INTO counter VALUES ('a', 1)")
                tx.enqueue("INSERT INTO counter VALUES ('b', 1)")
            }
            let rows = try await Self.count(world)
            #expect(rows == 2)
        }
    }

    @Test("A throw rolls everything back and reaches the caller, and the connection is used again")
    func throwRollsBack() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            await #expect(throws: Refused()) {
                try await world.connections.transaction(.anyone) { tx in
                    try await tx.execute("INSERT INTO counter VALUES ('a', 1)")
                    throw Refused()
                }
            }
            let rows = try await Self.count(world)
            #expect(rows == 0)
        }
    }

    @Test("A swallowed error rolls back all the same, and is thrown at the end")
    func swallowedError() async throws {
        try await World.with { world in
            let error = await postgresError {
                try await world.connections.transaction(.anyone) { tx in
                    try await tx.execute("INSERT INTO counter VALUES ('a', 1)")
                    _ = try? await tx.execute("SELECT 1 / 0")
                }
            }
            #expect(error?.sqlstate == "22012")
            #expect(error?.kind == .invalidValue)
            let rows = try await Self.count(world)
            #expect(rows == 0)
        }
    }

    @Test("The error of an enqueued statement is thrown by the next call that awaits")
    func enqueuedError() async throws {
        try await World.with { world in
            var reached = false
            let error = await postgresError {
                try await world.connections.transaction(.anyone) { tx in
                    tx.enqueue("INSERT INTO counter VALUES ('a', NULL)")
                    let _: Int = try await tx.one("SELECT 1")
                    reached = true
                }
            }
            #expect(error?.kind == .notNullViolation)
            #expect(error?.column == "value")
            #expect(!reached)
        }
    }

    @Test("A constraint that is checked at COMMIT fails the transaction")
    func deferredConstraint() async throws {
        try await World.with { world in
            try await world.administration.batch(.anyone) { batch in
                batch.enqueue("CREATE TABLE late (id int8 CONSTRAINT late_key UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            }
            let error = await postgresError {
                try await world.administration.transaction(.anyone) { tx in
                    tx.enqueue("INSERT INTO late VALUES (1), (1)")
                }
            }
            #expect(error?.kind == .uniqueViolation)
            #expect(error?.constraint == "late_key")
            let rows: Int = try await world.administration.batch(.anyone) { $0.one("SELECT count(*) FROM late") }
            #expect(rows == 0)
        }
    }

    @Test(
        "Isolation and access are PostgreSQL's",
        arguments: [
            (Isolation.readCommitted, "read committed"), (.repeatableRead, "repeatable read"), (.serializable, "serializable"),
        ])
    func isolation(_ isolation: Isolation, _ name: String) async throws {
        try await World.with { world in
            let seen: String = try await world.connections.transaction(.anyone, isolation: isolation) { tx in
                try await tx.one("SELECT current_setting('transaction_isolation')")
            }
            #expect(seen == name)
            let error = await postgresError {
                try await world.connections.transaction(.anyone, isolation: isolation, access: .readOnly) { tx in
                    tx.enqueue("INSERT INTO counter VALUES ('a', 1)")
                }
            }
            #expect(error?.kind == .readOnly)
        }
    }

    @Test("Of two serializable transactions that read what the other writes, one is told to run again")
    func serializationFailure() async throws {
        try await World.with { world in
            try await world.connections.batch(.anyone) { $0.enqueue("INSERT INTO counter VALUES ('a', 1), ('b', 1)") }
            let connections = world.connections
            let error = await postgresError {
                try await connections.transaction(.anyone, isolation: .serializable) { outer in
                    let _: Int = try await outer.one("SELECT sum(value)::int8 FROM counter")
                    try await connections.transaction(.anyone, isolation: .serializable) { inner in
                        let _: Int = try await inner.one("SELECT sum(value)::int8 FROM counter")
                        inner.enqueue("UPDATE counter SET value = 2 WHERE name = 'b'")
                    }
                    outer.enqueue("UPDATE counter SET value = 2 WHERE name = 'a'")
                }
            }
            #expect(error?.kind == .serializationFailure)
            #expect(error?.isRetryable == true)
        }
    }

    @Test("No batch runs on a connection that a transaction holds, nor sees what it has not committed")
    func heldConnection() async throws {
        try await World.with({ $0.connectionsPerLoop = 2 }) { world in
            let connections = world.connections
            try await connections.transaction(.of("holder")) { tx in
                tx.enqueue("INSERT INTO counter VALUES ('a', 1)")
                let holder: Int = try await tx.one("SELECT pg_backend_pid()")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<40 {
                        group.addTask {
                            let (backend, tenant, rows): (Int, String?, Int) = try await connections.batch(.of(nil)) { batch in
                                (
                                    batch.one("SELECT pg_backend_pid()"), batch.one("SELECT current_tenant()"),
                                    batch.one("SELECT count(*) FROM counter")
                                )
                            }
                            #expect(backend != holder)
                            #expect(tenant == nil)
                            #expect(rows == 0)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("A statement of a transaction ends with the scope's deadline, which shrinks as it runs")
    func statementTimeout() async throws {
        try await World.with { world in
            // The connection is opened now, since that may take longer than this deadline.
            try await world.connections.check(.anyone)
            let error = await postgresError {
                try await world.connections.transaction(.of("a", within: .seconds(3))) { tx in
                    let before: String = try await tx.one("SELECT current_setting('statement_timeout')")
                    try await tx.execute("SELECT pg_sleep(0.05)")
                    let after: String = try await tx.one("SELECT current_setting('statement_timeout')")
                    #expect(before != after)
                    try await tx.execute("SELECT pg_sleep(60)")
                }
            }
            // PostgreSQL ends the statement; on a machine that stands still for a while, the transaction may give up first.
            #expect(error?.kind == .statementTimeout || error?.kind == .deadlineExceeded)
        }
    }

    @Test("A cancelled task sends nothing more, and its transaction is rolled back")
    func cancellation() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let connections = world.connections
            let task = Task {
                try await connections.transaction(.anyone) { tx in
                    try await tx.execute("INSERT INTO counter VALUES ('a', 1)")
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                    try await tx.execute("INSERT INTO counter VALUES ('b', 1)")
                }
            }
            let error = await postgresError { try await task.value }
            #expect(error?.kind == .cancelled)
            let rows = try await Self.count(world)
            #expect(rows == 0)
        }
    }
}
