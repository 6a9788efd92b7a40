import Net
@testable import Postgres
import TestSupport
import Testing

/// Prepared statements that the server lost, or whose tables changed.
@Suite struct StaleStatementTests {
    static let read: SQL = "SELECT * FROM shape"

    @Test("A result type that changed under a prepared statement is prepared anew without the caller's knowledge")
    func changedTable() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let connections = world.administration
            try await connections.batch(.anyone) { batch in
                batch.enqueue("CREATE TABLE shape (value int8)")
                batch.enqueue("INSERT INTO shape VALUES (1)")
            }
            let before: [Int] = try await connections.batch(.anyone) { $0.all(Self.read) }
            #expect(before == [1])
            try await connections.batch(.anyone) { $0.enqueue("ALTER TABLE shape ALTER value TYPE text") }
            let after: [String] = try await connections.batch(.anyone) { $0.all(Self.read) }
            #expect(after == ["1"])
            try await connections.batch(.anyone) { $0.enqueue("ALTER TABLE shape ALTER value TYPE int8 USING value::int8") }
            let inTransaction: [Int] = try await connections.transaction(.anyone) { tx in
                tx.enqueue("INSERT INTO shape VALUES (2)")
                return try await tx.all(Self.read)
            }
            #expect(inTransaction == [1, 2])
        }
    }

    @Test("Statements that the server dropped are prepared anew")
    func deallocated() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let connections = world.connections
            for _ in 0..<3 {
                let (one, two): (Int, Int) = try await connections.batch(.anyone) { ($0.one("SELECT 1"), $0.one("SELECT 2")) }
                #expect(one == 1 && two == 2)
                try await connections.batch(.anyone) { $0.enqueue("DEALLOCATE ALL") }
            }
        }
    }

    @Test("Without prepared statements everything works as well, and none is left on the server")
    func unprepared() async throws {
        try await World.with({
            $0.prepared = false; $0.connectionsPerLoop = 1
        }) { world in
            let (name, left): (String, Int) = try await world.connections.batch(.of("a")) { batch in
                (batch.one("SELECT \("bound")"), batch.one("SELECT count(*) FROM pg_prepared_statements"))
            }
            #expect(name == "bound")
            #expect(left == 0)
            let tenant: String = try await world.connections.transaction(.of("a")) { try await $0.one("SELECT current_tenant()") }
            #expect(tenant == "a")
        }
    }

    @Test("A connection keeps a bounded number of statements")
    func eviction() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            var statement: SQL = "SELECT 1"
            for _ in 0..<Limits.preparedStatements + 20 {
                statement = "\(statement) + 1"
                let current = statement
                try await world.connections.batch(.anyone) { $0.enqueue(current) }
            }
            let kept: Int = try await world.connections.batch(.anyone) { $0.one("SELECT count(*) FROM pg_prepared_statements") }
            #expect(kept == Limits.preparedStatements)
        }
    }

    @Test("More than both socket buffers hold goes out and comes in at the same time")
    func largeValues() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let connections = world.connections
            let text = String(repeating: "grüße ", count: 1_000_000)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await connections.batch(.anyone) { $0.one("SELECT \(text)", as: String.self) } == text }
                }
                for try await isSame in group { #expect(isSame) }
            }
        }
    }
}
