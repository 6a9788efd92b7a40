import Net
import TestSupport
import Testing

@testable import Postgres

/// Results of any length.
@Suite struct StreamTests {
    static func fill(_ world: World, _ rows: Int) async throws {
        try await world.connections.batch(.anyone) { batch in
            batch.enqueue("INSERT INTO counter SELECT 'n' || n, n FROM generate_series(1, \(rows)) n")
        }
    }

    static func page(_ last: Int?, _ limit: Int) -> SQL {
        "SELECT value FROM counter WHERE value > \(last ?? 0) ORDER BY value LIMIT \(limit)"
    }

    @Test("Pages bring every row once, the last one short, and none when there is none", arguments: [0, 1, 499, 500, 501, 1234])
    func pages(_ rows: Int) async throws {
        try await World.with { world in
            try await Self.fill(world, rows)
            var sizes: [Int] = []
            var seen: [Int] = []
            for try await page in world.connections.pages(.anyone, of: Int.self, Self.page) {
                sizes.append(page.count)
                seen += page
            }
            #expect(seen == Array(1..<rows + 1))
            #expect(sizes == (0..<(rows + 499) / 500).map { min(500, rows - $0 * 500) })
        }
    }

    @Test("While a reader is slow its connection serves others, and no transaction is open")
    func holdsNothing() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            try await Self.fill(world, 10)
            var pages = 0
            for try await _ in world.connections.pages(.anyone, of: Int.self, size: 4, Self.page) {
                pages += 1
                try await world.connections.transaction(.anyone) { tx in _ = try await tx.execute("SELECT 1") }
                let statistics = await world.connections.statistics()
                #expect(statistics.held == 0 && statistics.idle == statistics.open)
            }
            #expect(pages == 3)
        }
    }

    @Test("An error ends the pages")
    func pagesFail() async throws {
        try await World.with { world in
            try await Self.fill(world, 10)
            var iterator = world.connections.pages(.anyone, of: Int.self, size: 4) { last, limit in
                last == nil ? Self.page(last, limit) : "SELECT 1 / 0"
            }.makeAsyncIterator()
            let first = try await iterator.next()
            #expect(first?.count == 4)
            let error = await postgresError { _ = try await iterator.next() }
            #expect(error?.kind == .invalidValue)
            let none = try await iterator.next()
            #expect(none == nil)
        }
    }

    @Test("A snapshot does not see what is committed while it is read")
    func snapshot() async throws {
        try await World.with { world in
            try await Self.fill(world, 10)
            var seen: [Int] = []
            try await world.connections.snapshot(.of("acme"), "SELECT value FROM counter WHERE value > \(2) ORDER BY value", size: 3) {
                (page: [Int]) in
                seen += page
                try await world.connections.batch(.anyone) { $0.enqueue("DELETE FROM counter WHERE value = 10") }
            }
            #expect(seen == Array(3...10))
            let left: Int = try await world.connections.batch(.anyone) { $0.one("SELECT count(*) FROM counter") }
            #expect(left == 9)
            // A cursor of another shape under the same name, on the same connection.
            var names: [String] = []
            try await world.connections.snapshot(.anyone, "SELECT name FROM counter WHERE value < 3 ORDER BY value") { names += $0 }
            #expect(names == ["n1", "n2"])
        }
    }

    @Test("Snapshots leave half of a loop's connections to others, however few the other loops hold")
    func seats() async throws {
        try await World.with(loops: 2, { $0.connectionsPerLoop = 4 }) { world in
            try await Self.fill(world, 1)
            let connections = world.connections
            // All on one loop, as the calls of one client are.
            let refused = try await Task(executorPreference: world.loops.loops[0]) {
                try await Self.nest(connections, depth: 0)
            }.value
            #expect(refused == 2)
        }
    }

    /// Opens snapshots within each other, each a tenant's own, until one is refused; gives how many were open, when another call still worked.
    private static func nest(_ connections: Database, depth: Int) async throws -> Int {
        var deepest = depth
        do {
            try await connections.snapshot(.of("tenant-\(depth)"), "SELECT value FROM counter") { (_: [Int]) in
                deepest = try await nest(connections, depth: depth + 1)
            }
        } catch let error as PostgresError where error.kind == .saturated {
            let count: Int = try await connections.batch(.anyone) { $0.one("SELECT count(*) FROM counter") }
            #expect(count == 1)
        }
        return deepest
    }

    @Test("A tenant holds few snapshots at once; another tenant is not refused for it")
    func cap() async throws {
        try await World.with { world in
            let connections = world.connections
            try await Self.fill(world, 1)
            let query: SQL = "SELECT value FROM counter"
            try await connections.snapshot(.of("a"), query) { (_: [Int]) in
                try await connections.snapshot(.of("a"), query) { (_: [Int]) in
                    let error = await postgresError { try await connections.snapshot(.of("a"), query) { (_: [Int]) in } }
                    #expect(error?.kind == .saturated)
                    #expect(error?.retryAfter != nil)
                    try await connections.snapshot(.of("b"), query) { (_: [Int]) in }
                }
            }
            try await connections.snapshot(.of("a"), query) { (_: [Int]) in }
        }
    }
}
