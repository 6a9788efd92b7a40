import Crypto
import Net
import Postgres
import TestSupport
import Testing

@Suite struct BatchTests {
    struct Setting: RowDecodable {
        var tenant: String
        var caller: String
        var requestID: String
        var backend: Int

        static let query: SQL = """
            SELECT current_setting('app.tenant') AS tenant, current_setting('app.caller') AS caller,
                current_setting('app.request_id') AS request_id, pg_backend_pid() AS backend
            """

        init(row: Row) throws(PostgresError) {
            tenant = try row["tenant"]
            caller = try row["caller"]
            requestID = try row["request_id"]
            backend = try row["backend"]
        }
    }

    @Test("Each statement's result comes back at its own place, in its own type")
    func results() async throws {
        try await World.with { world in
            let (one, none, several, count): (Int, String?, [Int32], Int) = try await world.connections.batch(.of("a")) { batch in
                let one = batch.one("SELECT \(41) + 1", as: Int.self)
                batch.enqueue("INSERT INTO counter VALUES ('x', 1), ('y', 2)")
                let none = batch.optional("SELECT name FROM counter WHERE name = \("z")", as: String.self)
                let several = batch.all("SELECT generate_series(1, 3)", as: Int32.self)
                return (one, none, several, batch.execute("UPDATE counter SET value = value + 1"))
            }
            #expect(one == 42)
            #expect(none == nil)
            #expect(several == [1, 2, 3])
            #expect(count == 2)
        }
    }

    @Test("The scope is set for the statements of a batch and gone after it")
    func scope() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let setting: Setting = try await world.connections.batch(.of("acme")) { $0.one(Setting.query) }
            #expect(setting.tenant == "acme")
            #expect(setting.caller == "tester")
            #expect(setting.requestID == "request-1")
            let tenant: String? = try await world.connections.batch(.of(nil)) { $0.one("SELECT current_tenant()") }
            #expect(tenant == nil)
        }
    }

    @Test("An error rolls back its whole batch and carries constraint, table and SQLSTATE")
    func allOrNothing() async throws {
        try await World.with { world in
            let error = await postgresError {
                try await world.connections.batch(.of("a")) { batch in
                    batch.enqueue("INSERT INTO counter VALUES ('first', 1)")
                    batch.enqueue("INSERT INTO counter VALUES ('first', 1)")
                    batch.enqueue("INSERT INTO counter VALUES ('third', 1)")
                }
            }
            #expect(error?.kind == .uniqueViolation)
            #expect(error?.sqlstate == "23505")
            #expect(error?.constraint == "counter_pkey")
            #expect(error?.table == "counter")
            #expect(error?.message == "Such a row exists already (constraint counter_pkey).")
            #expect(error?.report?.contains("first") == true)
            let rows: Int = try await world.connections.batch(.of("a")) { $0.one("SELECT count(*) FROM counter") }
            #expect(rows == 0)
        }
    }

    @Test("Of many batches on one connection only those that fail are undone, and answers keep their order")
    func errorsStayInTheirGroup() async throws {
        try await World.with({
            $0.connectionsPerLoop = 1; $0.batchesPerConnection = 64
        }) { world in
            let connections = world.connections
            let outcomes = await withTaskGroup(of: (Int, Result<Int, PostgresError>).self) { group in
                for number in 0..<50 {
                    group.addTask {
                        do throws(PostgresError) {
                            let answer: Int = try await connections.batch(.of("a")) { batch in
                                batch.enqueue("INSERT INTO counter VALUES (\("n\(number)"), \(number))")
                                if number % 3 == 0 { batch.enqueue("SELECT 1 / 0") }
                                return batch.one("SELECT \(number)")
                            }
                            return (number, .success(answer))
                        } catch {
                            return (number, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: [Int: Result<Int, PostgresError>]()) { $0[$1.0] = $1.1 }
            }
            for number in 0..<50 {
                switch outcomes[number] {
                case .success(let answer): #expect(answer == number && number % 3 != 0)
                case .failure(let error): #expect(error.sqlstate == "22012" && number % 3 == 0)
                case nil: Issue.record("no outcome for \(number)")
                }
            }
            let kept: [Int] = try await connections.batch(.of("a")) { $0.all("SELECT value FROM counter ORDER BY value") }
            #expect(kept == (0..<50).filter { $0 % 3 != 0 })
        }
    }

    @Test("What is refused only when a batch commits is the batch's own error, and nobody else's on its connection")
    func refusedAtCommit() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            try await world.administration.batch(.anyone) {
                $0.enqueue("ALTER TABLE counter ADD CONSTRAINT counter_values UNIQUE (value) DEFERRABLE INITIALLY DEFERRED")
            }
            let connections = world.connections
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do throws(PostgresError) {
                            try await connections.batch(.anyone) { batch in
                                batch.enqueue("INSERT INTO counter VALUES (\("a\(number)"), \(Int64(number)))")
                                if number % 2 == 1 { batch.enqueue("INSERT INTO counter VALUES (\("b\(number)"), \(Int64(number)))") }
                            }
                            #expect(number % 2 == 0)
                        } catch {
                            #expect(number % 2 == 1, "\(error)")
                            #expect(error.kind == .uniqueViolation)
                            #expect(error.constraint == "counter_values")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let rows: Int = try await connections.batch(.anyone) { $0.one("SELECT count(*) FROM counter") }
            #expect(rows == 10)
            let statistics = await connections.statistics()
            #expect(statistics.connects == 1)
        }
    }

    @Test("Two tenants that share a connection never see each other's setting")
    func interleavedTenants() async throws {
        try await World.with({
            $0.connectionsPerLoop = 1; $0.batchesPerConnection = 64
        }) { world in
            let connections = world.connections
            try await withThrowingTaskGroup(of: (String, Setting).self) { group in
                for round in 0..<200 {
                    let tenant = round.isMultiple(of: 2) ? "even" : "odd"
                    group.addTask { (tenant, try await connections.batch(.of(tenant)) { $0.one(Setting.query) }) }
                }
                var backends: Set<Int> = []
                for try await (tenant, setting) in group {
                    #expect(setting.tenant == tenant)
                    backends.insert(setting.backend)
                }
                #expect(backends.count == 1)
            }
        }
    }

    @Test("A statement ends with the scope's deadline")
    func statementTimeout() async throws {
        try await World.with { world in
            // The first batch pays for the connection, which may take longer than this deadline.
            let _: Int = try await world.connections.batch(.anyone) { $0.one("SELECT 1") }
            let error = await postgresError {
                try await world.connections.batch(.of("a", within: .seconds(3))) { $0.enqueue("SELECT pg_sleep(60)") }
            }
            #expect(error?.kind == .statementTimeout)
            #expect(error?.sqlstate == "57014")
            let answer: Int = try await world.connections.batch(.anyone) { $0.one("SELECT 7") }
            #expect(answer == 7)
        }
    }

    @Test("A deadline that has passed sends nothing")
    func deadlinePassed() async throws {
        try await World.with { world in
            let error = await postgresError {
                try await world.connections.batch(.of("a", within: .zero)) { $0.enqueue("INSERT INTO counter VALUES ('x', 1)") }
            }
            #expect(error?.kind == .deadlineExceeded)
        }
    }

    @Test("A batch without statements needs no server")
    func emptyBatch() async throws {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let nowhere = Database(Database.Configuration(connection: "host=/nonexistent"), loops: loops.loops)
        try await nowhere.batch(.anyone) { _ in }
    }

    @Test(
        "A query that gives the wrong number of rows is an error of its own", arguments: [(0, PostgresError.Kind.noRow), (2, .tooManyRows)])
    func cardinality(_ rows: Int, _ kind: PostgresError.Kind) async throws {
        try await World.with { world in
            let error = await postgresError {
                let _: Int = try await world.connections.batch(.anyone) { $0.one("SELECT * FROM generate_series(1, \(rows)::int8)") }
            }
            #expect(error?.kind == kind)
        }
    }

    @Test("A statement that PostgreSQL does not understand is told as a mismatch with the schema, and the next batch works")
    func failedPreparation() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            for _ in 0..<2 {
                let error = await postgresError {
                    try await world.connections.batch(.anyone) { $0.enqueue("SELECT no_such_column FROM counter") }
                }
                #expect(error?.kind == .schemaMismatch)
                #expect(error?.sqlstate == "42703")
                #expect(error?.message.contains("no_such_column") == false)
            }
            let answer: Int = try await world.connections.batch(.anyone) { $0.one("SELECT 7") }
            #expect(answer == 7)
        }
    }

    @Test("Batches run on every loop, and from outside of any")
    func loops() async throws {
        try await World.with(loops: 2) { world in
            let connections = world.connections
            var backends: Set<Int> = []
            for loop in world.loops.loops {
                let task = Task(executorPreference: loop) {
                    let setting: Setting = try await connections.batch(.anyone) { $0.one(Setting.query) }
                    return setting.backend
                }
                backends.insert(try await task.value)
            }
            #expect(backends.count == 2)
            try await connections.check(.anyone)
        }
    }
}
