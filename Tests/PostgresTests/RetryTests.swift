import Net
import TestSupport
import Testing

@testable import Postgres

@Suite struct RetryTests {
    @Test(
        "Only what cannot have been committed, and may succeed when it is run again, is run again",
        arguments: PostgresError.Kind.allCases)
    func kinds(_ kind: PostgresError.Kind) {
        let again: Set<PostgresError.Kind> = [.serializationFailure, .deadlock, .statementStale, .connectionLost]
        #expect(Retries.onConflict(atMost: 2).cover(PostgresError(kind, ""), failures: 2) == again.contains(kind))
        #expect(!Retries.onConflict(atMost: 2).cover(PostgresError(kind, ""), failures: 3))
        #expect(!Retries.none.cover(PostgresError(kind, ""), failures: 1))
    }

    @Test("The pause is anything up to a bound that doubles, to a second")
    func pauses() {
        #expect(Retries.pause(afterFailures: 1, random: 0) == .zero)
        #expect(Retries.pause(afterFailures: 1, random: 0.5) == .milliseconds(5))
        #expect(Retries.pause(afterFailures: 3, random: 0.5) == .milliseconds(20))
        #expect(Retries.pause(afterFailures: 1000, random: 0.5) == .milliseconds(500))
    }

    @Test("When nothing succeeds the budget is soon spent; ten successes buy one more try")
    func budget() {
        var budget = RetryBudget()
        var tries = 0
        while budget.spend() { tries += 1 }
        #expect(tries == 50)
        for _ in 0..<9 { budget.earn() }
        let tooEarly = budget.spend()
        for _ in 0..<2 { budget.earn() }
        let earned = budget.spend()
        #expect(!tooEarly && earned)
        for _ in 0..<10_000 { budget.earn() }
        #expect(budget.tokens == 50)
    }

    @Test("R1 · Of many serializable transactions that read and write the same row, each takes place once")
    func counts() async throws {
        try await World.with({ $0.connectionsPerLoop = 6 }) { world in
            let connections = world.connections
            try await connections.batch(.anyone) { $0.enqueue("INSERT INTO counter VALUES ('a', 0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<5 {
                            try await connections.transaction(.anyone, isolation: .serializable, retries: .onConflict(atMost: 100)) { tx in
                                let value: Int = try await tx.one("SELECT value FROM counter")
                                try await tx.execute("UPDATE counter SET value = \(value + 1)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let value: Int = try await connections.batch(.anyone) { $0.one("SELECT value FROM counter") }
            #expect(value == 20)
        }
    }

    @Test("R1 · Of two that wait for each other, one is run again, and both take place")
    func deadlock() async throws {
        try await World.with({ $0.connectionsPerLoop = 3 }) { world in
            let connections = world.connections
            try await connections.batch(.anyone) { $0.enqueue("INSERT INTO counter VALUES ('a', 0), ('b', 0)") }
            @Sendable func add(_ first: String, _ second: String, _ met: Meeting) async throws -> Int {
                var runs = 0
                try await connections.transaction(.anyone, retries: .onConflict()) { tx in
                    runs += 1
                    try await tx.execute("UPDATE counter SET value = value + 1 WHERE name = \(first)")
                    if runs == 1 { await met.wait() }
                    try await tx.execute("UPDATE counter SET value = value + 1 WHERE name = \(second)")
                }
                return runs
            }
            let met = Meeting()
            async let one = add("a", "b", met)
            async let two = add("b", "a", met)
            let runs = try await one + two
            // Both may notice it at once.
            #expect(runs >= 3)
            let values: [Int] = try await connections.batch(.anyone) { $0.all("SELECT value FROM counter") }
            #expect(values == [2, 2])
        }
    }

    @Test("A connection that is lost before the commit costs another run, one that is not declared fit for it an error")
    func connectionLost() async throws {
        try await World.with { world in
            let connections = world.connections
            for retries in [Retries.none, .onConflict()] {
                var runs = 0
                let error = await postgresError {
                    try await connections.transaction(.anyone, retries: retries) { tx in
                        runs += 1
                        let backend: Int = try await tx.one("SELECT pg_backend_pid()")
                        if runs == 1 { try await FailureTests.terminate(backend, world) }
                        try await tx.execute("INSERT INTO counter VALUES ('a', 1)")
                    }
                }
                #expect(error?.kind == (retries == .none ? .connectionLost : nil))
                #expect(runs == (retries == .none ? 1 : 2))
            }
            let rows: Int = try await connections.batch(.anyone) { $0.one("SELECT count(*) FROM counter") }
            #expect(rows == 1)
        }
    }

    @Test("The last error is thrown when the tries are used up, or the deadline is too near for another one")
    func givesUp() async throws {
        try await World.with { world in
            var runs = 0
            let error = await postgresError {
                try await world.connections.transaction(.anyone, retries: .onConflict(atMost: 2)) { tx in
                    runs += 1
                    try await tx.execute("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
                }
            }
            #expect(error?.kind == .serializationFailure)
            #expect(runs == 3)
        }
    }
}

/// Two tasks that wait for each other.
private actor Meeting {
    private var first: CheckedContinuation<Void, Never>?

    func wait() async {
        if let first {
            first.resume()
            self.first = nil
        } else {
            await withCheckedContinuation { first = $0 }
        }
    }
}

@Suite struct SavepointTests {
    @Test("What a savepoint's body did is undone when it throws, and the transaction goes on")
    func undoes() async throws {
        try await World.with { world in
            try await world.connections.transaction(.anyone) { tx in
                tx.enqueue("INSERT INTO counter VALUES ('a', 1)")
                let error = await postgresError {
                    try await tx.savepoint { tx in
                        tx.enqueue("INSERT INTO counter VALUES ('b', 1)")
                        try await tx.execute("INSERT INTO counter VALUES ('a', 2)")
                    }
                }
                #expect(error?.kind == .uniqueViolation)
                try await tx.savepoint { tx in
                    try await tx.execute("INSERT INTO counter VALUES ('c', 1)")
                    try? await tx.savepoint { tx in
                        try await tx.execute("INSERT INTO counter VALUES ('d', 1)")
                        throw TransactionTests.Refused()
                    }
                    // Enqueued only, so that nothing is sent for it.
                    try? await tx.savepoint { tx in
                        tx.enqueue("INSERT INTO counter VALUES ('e', 1)")
                        throw TransactionTests.Refused()
                    }
                }
                tx.enqueue("INSERT INTO counter VALUES ('f', 1)")
            }
            let names: [String] = try await world.connections.batch(.anyone) { $0.all("SELECT name FROM counter ORDER BY name") }
            #expect(names == ["a", "c", "f"])
        }
    }

    @Test("A statement enqueued before the savepoint that fails fails the transaction")
    func earlierError() async throws {
        try await World.with { world in
            let error = await postgresError {
                try await world.connections.transaction(.anyone) { tx in
                    tx.enqueue("INSERT INTO counter VALUES ('a', NULL)")
                    try? await tx.savepoint { tx in _ = try await tx.execute("SELECT 1") }
                    tx.enqueue("INSERT INTO counter VALUES ('b', 1)")
                }
            }
            #expect(error?.kind == .notNullViolation)
            let rows = try await TransactionTests.count(world)
            #expect(rows == 0)
        }
    }

    @Test("A savepoint saves no transaction whose task was cancelled, even when its body swallows the error")
    func cancelled() async throws {
        try await World.with { world in
            let connections = world.connections
            let task = Task {
                try await connections.transaction(.anyone) { tx in
                    tx.enqueue("INSERT INTO counter VALUES ('a', 1)")
                    try? await tx.savepoint { tx in _ = try await tx.execute("SELECT pg_sleep(100000)") }
                }
            }
            let sleeps = try await CancellationTests.runs("pg_sleep(100000)", world)
            #expect(sleeps)
            task.cancel()
            let error = await postgresError { try await task.value }
            #expect(error?.kind == .cancelled)
            let rows = try await TransactionTests.count(world)
            #expect(rows == 0)
        }
    }

    @Test("A savepoint saves no transaction that has that has to be run again as a whole")
    func conflict() async throws {
        try await World.with { world in
            let error = await postgresError {
                try await world.connections.transaction(.anyone) { tx in
                    try? await tx.savepoint { tx in
                        _ = try await tx.execute("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
                    }
                    tx.enqueue("INSERT INTO counter VALUES ('b', 1)")
                }
            }
            #expect(error?.kind == .serializationFailure)
        }
    }
}
