import Crypto
import Net
@testable import Postgres
import TestSupport
import Testing

/// Values on their way through a real server, in both directions.
@Suite struct ValueTests {
    enum Status: String, PostgresValue, CaseIterable {
        case active, paused
    }

    /// The value comes back, and PostgreSQL understood it as `text` says.
    static func expect<Value: PostgresValue & Equatable>(
        _ values: [(Value, String)], _ connections: Database, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for (value, text) in values {
            let (back, understood): (Value, String) = try await connections.batch(.anyone) { batch in
                (batch.one("SELECT \(value)"), batch.one("SELECT \(value)::text"))
            }
            #expect(back == value, sourceLocation: sourceLocation)
            #expect(understood == text, sourceLocation: sourceLocation)
        }
    }

    @Test("Numbers, truth and text")
    func scalars() async throws {
        try await World.with { world in
            let connections = world.connections
            try await Self.expect([(Int16.min, "-32768"), (-1, "-1"), (.max, "32767")], connections)
            try await Self.expect([(Int32.min, "-2147483648"), (0, "0"), (.max, "2147483647")], connections)
            try await Self.expect([(Int64.min, "-9223372036854775808"), (.max, "9223372036854775807")], connections)
            try await Self.expect([(Int.min, "-9223372036854775808"), (258, "258")], connections)
            try await Self.expect([(0.1, "0.1"), (-.infinity, "-Infinity"), (1e300, "1e+300")], connections)
            try await Self.expect([(true, "true"), (false, "false")], connections)
            try await Self.expect([("", ""), ("grüß 👋 '\"\\$1", "grüß 👋 '\"\\$1")], connections)
            try await Self.expect(Status.allCases.map { ($0, $0.rawValue) }, connections)
        }
    }

    @Test("Times, ids, JSON and bytes")
    func others() async throws {
        try await World.with { world in
            let connections = world.administration
            try await connections.batch(.anyone) { $0.enqueue("ALTER ROLE postgres SET timezone = 'UTC'") }
            let fresh = Database(world.database.administrator, loops: world.loops.loops)
            try await Self.expect(
                [
                    (Timestamptz(unixMicroseconds: 0), "1970-01-01 00:00:00+00"),
                    (Timestamptz(unixMicroseconds: 1_700_000_000_123_456), "2023-11-14 22:13:20.123456+00"),
                    (Timestamptz(unixMicroseconds: -1), "1969-12-31 23:59:59.999999+00"),
                ], fresh)
            await fresh.shutdown()
            let id = try #require(UUIDv7("018f4e6a-7c1b-7d2e-9a3f-0123456789ab"))
            try await Self.expect([(id, "018f4e6a-7c1b-7d2e-9a3f-0123456789ab")], connections)
            try await Self.expect([(JSONB(text: #"{"a": [1, "ü"]}"#), #"{"a": [1, "ü"]}"#)], connections)
            try await Self.expect([([UInt8](0...3), #"\x00010203"#), ([], #"\x"#)], connections)
        }
    }

    @Test("Arrays")
    func arrays() async throws {
        try await World.with { world in
            let connections = world.connections
            try await Self.expect([([Int64](), "{}"), ([1, -2], "{1,-2}")], connections)
            try await Self.expect([([Int](), "{}"), ([3], "{3}")], connections)
            try await Self.expect([([Int32.max], "{2147483647}")], connections)
            try await Self.expect([([String](), "{}"), (["a", "", "{,\"}"], #"{a,"","{,\"}"}"#)], connections)
            try await Self.expect([([true, false], "{t,f}")], connections)
            try await Self.expect([([0.5], "{0.5}")], connections)
            let id = try #require(UUIDv7("018f4e6a-7c1b-7d2e-9a3f-0123456789ab"))
            try await Self.expect([([id, id], "{018f4e6a-7c1b-7d2e-9a3f-0123456789ab,018f4e6a-7c1b-7d2e-9a3f-0123456789ab}")], connections)
            let found: Int = try await connections.batch(.anyone) {
                $0.one("SELECT count(*) FROM generate_series(1, 9) n WHERE n = ANY(\([2, 3, 99]))")
            }
            #expect(found == 2)
        }
    }

    @Test("Narrower integers and floats are read into wider types")
    func widening() async throws {
        try await World.with { world in
            let (two, four, float): (Int64, Int, Double) = try await world.connections.batch(.anyone) { batch in
                (batch.one("SELECT 7::int2"), batch.one("SELECT -7::int4"), batch.one("SELECT 0.5::float4"))
            }
            #expect(two == 7 && four == -7 && float == 0.5)
        }
    }

    struct Pair: RowDecodable {
        var id: Int
        var name: String?

        init(row: Row) throws(PostgresError) {
            id = try row["id"]
            name = try row["name"]
        }
    }

    @Test("Columns are found by name in any order, and NULL goes into an optional")
    func rows() async throws {
        try await World.with { world in
            let pairs: [Pair] = try await world.connections.batch(.anyone) {
                $0.all("SELECT name, other, id FROM (VALUES ('a', 1, 1::int8), (NULL, 2, 2)) AS t(name, other, id)")
            }
            #expect(pairs.map(\.id) == [1, 2])
            #expect(pairs.map(\.name) == ["a", nil])
            let lone: Int? = try await world.connections.batch(.anyone) { $0.one("SELECT NULL::int8") }
            #expect(lone == nil)
        }
    }

    @Test(
        "What does not fit is an error that names the column",
        arguments: [
            ("SELECT 1::int8 AS id", "name", "The result has no column name."),
            ("SELECT NULL::int8 AS id, 'x' AS name", "id", "Column id is NULL where Int was expected. Read it as an optional."),
            ("SELECT 'x' AS id, 'x' AS name", "id", "Column id is text, which Int does not read. Cast it in the statement."),
            ("SELECT 1::int8 AS id, 1 AS name", "name", "Column name is int4, which String does not read. Cast it in the statement."),
            (
                "SELECT 1.5 AS id, 'x' AS name", "id",
                "Column id is numeric, which Int does not read. Cast it in the statement."
            ),
        ] as [(SQL, String, String)])
    func decodingErrors(_ statement: SQL, _ column: String, _ message: String) async throws {
        try await World.with { world in
            let error = await postgresError {
                let _: Pair = try await world.connections.batch(.anyone) { $0.one(statement) }
            }
            #expect(error == PostgresError(.decoding, message, column: column))
        }
    }

    @Test(
        "Values that Swift does not have are refused",
        arguments: [
            ("SELECT 'infinity'::timestamptz AS value", "timestamptz that is no valid Timestamptz"),
            ("SELECT '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid AS value", "uuid that is no valid UUIDv7"),
            ("SELECT ARRAY[1, NULL]::int8[] AS value", "int8[] that is no valid Array<Int>"),
            ("SELECT ARRAY[[1], [2]]::int8[] AS value", "int8[] that is no valid Array<Int>"),
            ("SELECT 'other' AS value", "text that is no valid Status"),
        ] as [(SQL, String)])
    func refusedValues(_ statement: SQL, _ text: String) async throws {
        try await World.with { world in
            let connections = world.connections
            let error = await postgresError {
                switch text {
                case _ where text.contains("Timestamptz"): let _: Timestamptz = try await connections.batch(.anyone) { $0.one(statement) }
                case _ where text.contains("UUIDv7"): let _: UUIDv7 = try await connections.batch(.anyone) { $0.one(statement) }
                case _ where text.contains("Status"): let _: Status = try await connections.batch(.anyone) { $0.one(statement) }
                default: let _: [Int] = try await connections.batch(.anyone) { $0.one(statement) }
                }
            }
            #expect(error?.message == "Column value holds a \(text).")
        }
    }

    static func decode<Value: PostgresValue>(_ bytes: [UInt8], as type: PostgresType, _: Value.Type) -> Value? {
        unsafe Value(decoding: bytes.span.bytes, as: type)
    }

    @Test(
        "Bytes that are no such value are refused without a trap",
        arguments: [
            [], [0], [0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20],
            [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255],
            [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 127, 255, 255, 255, 0, 0, 0, 1],
            [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 1, 127, 255, 255, 255],
            [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 9],
        ] as [[UInt8]])
    func hostileArrays(_ bytes: [UInt8]) {
        #expect(Self.decode(bytes, as: .int8Array, [Int64].self) == nil)
    }

    @Test("Text with a NUL or of another encoding never gets through")
    func text() async throws {
        #expect(Self.decode([0xC3, 0x28], as: .text, String.self) == nil)
        #expect(Self.decode([2, 0x7B, 0x7D], as: .jsonb, JSONB.self) == nil)
        #expect(Self.decode([], as: .jsonb, JSONB.self) == nil)
        try await World.with { world in
            let error = await postgresError { try await world.connections.batch(.anyone) { $0.enqueue("SELECT \("a\u{0}b")") } }
            #expect(error?.kind == .invalidValue)
        }
    }

}
