import Net
import TestSupport
import Testing

@testable import Postgres

/// COPY with a real server, on connections of its own.
@Suite struct CopyTests {
    private static func copies(_ world: World) async throws -> Int {
        try await world.administration.batch(.anyone) { batch in
            batch.one(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%' AND state = 'active'")
        }
    }

    @Test("Rows of many types go in and come out as they were, NULL included")
    func binary() async throws {
        try await World.with { world in
            let connections = world.connections
            try await world.administration.batch(.anyone) { batch in
                batch.enqueue("CREATE TABLE item (id int8, name text, price numeric, day date, tags text[], raw bytea)")
                batch.enqueue("GRANT SELECT, INSERT ON item TO switchboard_app")
            }
            let day = try #require(CalendarDate(year: 2026, month: 7, day: 31))
            let count = try await connections.copyIn(.anyone, "COPY item FROM STDIN (FORMAT binary)") { copy in
                for number in 0..<3000 {
                    let name: String? = number % 3 == 0 ? nil : "näme\t\(number)\n"
                    try await copy.row(
                        Int64(number), name, ExactNumeric(units: Int64(number), scale: 2), day, ["a,\"", "\(number)"],
                        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number))
                }
            }
            #expect(count == 3000)
            var number = 0
            for try await row in connections.copyOut(.anyone, "COPY (SELECT * FROM item ORDER BY id) TO STDOUT (FORMAT binary)").rows {
                #expect(try row.value(0) == Int64(number))
                #expect(try row.optional(1, as: String.self) == (number % 3 == 0 ? nil : "näme\t\(number)\n"))
                #expect(try row.value(2) == ExactNumeric(units: Int64(number), scale: 2))
                #expect(try row.value(3) == day)
                #expect(try row.value(4) == ["a,\"", "\(number)"])
                #expect(try row.value(5, as: [UInt8].self).count == number)
                number += 1
            }
            #expect(number == 3000)
        }
    }

    @Test("Text goes in however it is cut, and comes out line by line")
    func text() async throws {
        try await World.with { world in
            let connections = world.connections
            let text = Array("a,1\nb,2\n\"c\nd\",3\n".utf8)
            let count = try await connections.copyIn(.anyone, "COPY counter FROM STDIN (FORMAT csv)") { copy in
                for byte in text { try await copy.write([byte]) }
            }
            #expect(count == 3)
            var lines: [String] = []
            let output = connections.copyOut(.anyone, "COPY (SELECT * FROM counter ORDER BY value) TO STDOUT")
            for try await line in output { lines.append(String(decoding: line, as: UTF8.self)) }
            #expect(lines == ["a\t1\n", "b\t2\n", "c\\nd\t3\n"])
        }
    }

    @Test("R8 · Row-level security holds in COPY: a tenant's rows go out alone, and go in through a table of the session's own")
    func tenants() async throws {
        try await World.with { world in
            let connections = world.connections
            for tenant in ["acme", "umbrella"] {
                let count = try await connections.copyIn(
                    .of(tenant), "COPY incoming FROM STDIN",
                    before: ["CREATE TEMPORARY TABLE incoming (body text) ON COMMIT DROP"],
                    after: ["INSERT INTO note (id, body) SELECT gen_random_uuid(), body FROM incoming"]
                ) { copy in try await copy.write(Array("of \(tenant)\n".utf8)) }
                #expect(count == 1)
            }
            for tenant in ["acme", "umbrella"] {
                var lines: [String] = []
                for try await line in connections.copyOut(.of(tenant), "COPY (SELECT body FROM note) TO STDOUT") {
                    lines.append(String(decoding: line, as: UTF8.self))
                }
                #expect(lines == ["of \(tenant)\n"])
            }
            let refused = await postgresError {
                _ = try await connections.copyIn(.of("acme"), "COPY note (id, body) FROM STDIN") { _ in }
            }
            #expect(refused?.sqlstate == "0A000")
        }
    }

    @Test("A row that PostgreSQL refuses fails the whole COPY with its error, also when the writer never ends by itself")
    func refusedRow() async throws {
        try await World.with { world in
            let connections = world.connections
            let error = await postgresError {
                _ = try await connections.copyIn(.anyone, "COPY counter FROM STDIN (FORMAT binary)") { copy in
                    try await copy.row("a", Int64(1))
                    try await copy.row("a", Int64(2))
                    // Until somebody stops it.
                    while true { try await copy.row("b", Int64(3)) }
                }
            }
            #expect(error?.kind == .uniqueViolation)
            #expect(error?.constraint == "counter_pkey")
            let wrongTypes = await postgresError {
                _ = try await connections.copyIn(.anyone, "COPY counter FROM STDIN (FORMAT binary)") { copy in
                    try await copy.row("a", Int32(1))
                }
            }
            #expect(wrongTypes?.kind == .invalidValue)
            let noCopy = await postgresError { _ = try await connections.copyIn(.anyone, "SELECT 1") { _ in } }
            #expect(noCopy?.kind == .schemaMismatch)
            let otherWay = await postgresError { _ = try await connections.copyIn(.anyone, "COPY counter TO STDOUT") { _ in } }
            #expect(otherWay?.kind == .schemaMismatch)
            let rows = try await TransactionTests.count(world)
            #expect(rows == 0)
        }
    }

    @Test("A writer that throws leaves nothing")
    func writerThrows() async throws {
        try await World.with { world in
            await #expect(throws: TransactionTests.Refused()) {
                _ = try await world.connections.copyIn(.anyone, "COPY counter FROM STDIN (FORMAT binary)") { copy in
                    try await copy.row("a", Int64(1))
                    throw TransactionTests.Refused()
                }
            }
            let rows = try await TransactionTests.count(world)
            #expect(rows == 0)
        }
    }

    @Test("An error in the middle of what comes out is thrown after the rows before it")
    func errorInMiddle() async throws {
        try await World.with { world in
            var lines = 0
            let error = await postgresError {
                let output = world.connections.copyOut(.anyone, "COPY (SELECT 1 / (5000 - n) FROM generate_series(1, 9000) n) TO STDOUT")
                for try await _ in output { lines += 1 }
            }
            #expect(error?.sqlstate == "22012")
            #expect(lines == 4999)
        }
    }

    @Test("A slow reader slows the server down instead of filling memory; who leaves early ends the statement")
    func backPressure() async throws {
        try await World.with { world in
            let connections = world.connections
            let output = connections.copyOut(.anyone, "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT")
            var lines = 0
            for try await _ in output {
                lines += 1
                if lines == 10 {
                    // A gigabyte is to come, and the server waits for us.
                    let waits = try await eventually {
                        try await world.administration.batch(.anyone) { batch in
                            batch.one(
                                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT repeat%' AND wait_event = 'ClientWrite'"
                            )
                        } == 1
                    }
                    #expect(waits)
                    break
                }
            }
            #expect(lines == 10)
            let isOver = try await eventually { try await Self.copies(world) == 0 }
            #expect(isOver)
        }
    }

    @Test("R12 · Cancelling the task ends a COPY that computes, in the server, too")
    func cancelled() async throws {
        try await World.with { world in
            let connections = world.connections
            let task = Task {
                for try await _ in connections.copyOut(.anyone, "COPY (SELECT pg_sleep(100000)) TO STDOUT") {}
            }
            let runs = try await eventually { try await Self.copies(world) == 1 }
            #expect(runs)
            task.cancel()
            let error = await postgresError { try await task.value }
            #expect(error?.kind == .cancelled)
            let isOver = try await eventually { try await Self.copies(world) == 0 }
            #expect(isOver)
        }
    }

    @Test("No more than a few COPYs run at once, and each gives its place back")
    func cap() async throws {
        try await World.with { world in
            let connections = world.connections
            var open: [CopyOutput.AsyncIterator] = []
            for _ in 0..<Limits.copiesAtOnce {
                var iterator = connections.copyOut(.anyone, "COPY (SELECT 1) TO STDOUT").makeAsyncIterator()
                _ = try await iterator.next()
                open.append(iterator)
            }
            let error = await postgresError { for try await _ in connections.copyOut(.anyone, "COPY (SELECT 1) TO STDOUT") {} }
            #expect(error?.kind == .saturated)
            open = []
            for try await _ in connections.copyOut(.anyone, "COPY (SELECT 1) TO STDOUT") {}
        }
    }

    @Test(
        "Bytes that are no row are refused without a trap",
        arguments: [
            [], [0], [255, 255], [0, 1], [0, 1, 0, 0, 0, 5, 1], [0, 1, 255, 255, 255, 254], [0, 0, 1], [127, 255, 0, 0, 0, 0],
        ] as [[UInt8]])
    func hostile(_ bytes: [UInt8]) {
        #expect(CopyRow(bytes[...]) == nil)
    }
}
