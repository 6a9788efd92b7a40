import Net
import Postgres
import TestSupport
import Testing

/// Numbers, days, addresses and ranges against PostgreSQL's own text form, drawn from a seed that is printed when they differ.
@Suite struct ExactValueTests {
    /// Each value comes back from PostgreSQL as it went, PostgreSQL writes it as we do, and reads what we write as the same value.
    static func expectSame<Value: PostgresValue & PostgresElement & Equatable & LosslessStringConvertible>(
        _ values: [Value], _ world: World, _ cast: SQL, seed: UInt64 = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let (back, texts, read): ([Value], [String], [Value]) = try await world.connections.batch(.anyone) { batch in
            (
                batch.one("SELECT \(values)"),
                batch.one("SELECT array_agg(format('%s', value) ORDER BY place) FROM unnest(\(values)) WITH ORDINALITY AS t(value, place)"),
                batch.one("SELECT \(values.map(\.description))::text[]::\(cast)[]")
            )
        }
        #expect(back == values, "seed \(seed)", sourceLocation: sourceLocation)
        #expect(texts == values.map(\.description), "seed \(seed)", sourceLocation: sourceLocation)
        #expect(read == values, "seed \(seed)", sourceLocation: sourceLocation)
        #expect(texts.compactMap(Value.init) == values, "seed \(seed)", sourceLocation: sourceLocation)
    }

    @Test("Numerics are exact: every digit comes back, and PostgreSQL writes the same ones")
    func numerics() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        func digits(_ longest: UInt64) -> String {
            (0..<random.next() % (longest + 1)).reduce(into: "") { text, _ in
                // Runs of zeros are where such formats break.
                text += random.next() % 3 == 0 ? ["0", "0000", "00000000"][Int(random.next() % 3)] : String(random.next() % 10)
            }
        }
        var texts = [
            "0", "0.0", "0.000000", "1", "-1", "0.1", "0.0001", "0.00001", "-0.00010", "9999", "10000", "10001", "100000000",
            "99999999.9999",
            "12345678901234567890.12345678901234567890", "-0.5",
        ]
        for _ in 0..<400 {
            let fraction = digits(30)
            texts.append((random.next() % 2 == 0 ? "-" : "") + "1" + digits(40) + (fraction.isEmpty ? "" : "." + fraction))
            texts.append((random.next() % 2 == 0 ? "-" : "") + "0." + digits(30) + "1" + digits(5))
        }
        let values = texts.compactMap(ExactNumeric.init)
        #expect(values.map(\.description) == texts)
        try await World.with { world in
            try await Self.expectSame(values, world, "numeric", seed: seed)
            let sum: ExactNumeric = try await world.connections.batch(.anyone) {
                $0.one("SELECT \(ExactNumeric(units: 1, scale: 1)) + \(ExactNumeric(units: 2, scale: 1))")
            }
            #expect(sum.description == "0.3")
            for refused in ["NaN", "Infinity", "-Infinity"] {
                let error = await postgresError {
                    let _: ExactNumeric = try await world.connections.batch(.anyone) { $0.one("SELECT \(refused)::text::numeric AS value") }
                }
                #expect(error?.message == "Column value holds a numeric that is no valid ExactNumeric.")
            }
        }
    }

    @Test("A numeric is what it says, not how it is written; anything else is none")
    func numericValues() {
        #expect(ExactNumeric("1.0") == ExactNumeric("1.00"))
        #expect(ExactNumeric("-0") == ExactNumeric("0.00"))
        #expect(ExactNumeric("+007.50")?.description == "7.50")
        #expect(ExactNumeric(".5")?.description == "0.5")
        #expect(ExactNumeric("5.")?.description == "5")
        for text in ["", "-", ".", "1e5", "1.2.3", "0x1", " 1", "1 ", "١", "NaN", "--1", "1-"] {
            #expect(ExactNumeric(text) == nil, "\(text)")
        }
        #expect(ExactNumeric(String(repeating: "9", count: 131_073)) == nil)
        #expect(ExactNumeric("0." + String(repeating: "9", count: 16_384)) == nil)
    }

    @Test(
        "Whole units of a scale, such as cents, and back",
        arguments: [
            (12345, 2, "123.45"), (-5, 2, "-0.05"), (0, 2, "0.00"), (7, 0, "7"), (.max, 0, "9223372036854775807"),
            (.min, 4, "-922337203685477.5808"),
        ] as [(Int64, Int, String)])
    func units(_ units: Int64, _ scale: Int, _ text: String) {
        let value = ExactNumeric(units: units, scale: scale)
        #expect(value.description == text)
        #expect(value.units(scale: scale) == units)
    }

    @Test("What is no whole number of units is none")
    func noUnits() {
        #expect(ExactNumeric("1.005")?.units(scale: 2) == nil)
        #expect(ExactNumeric("1.00500")?.units(scale: 3) == 1005)
        #expect(ExactNumeric("1")?.units(scale: 2) == 100)
        #expect(ExactNumeric("9223372036854775808")?.units(scale: 0) == nil)
        #expect(ExactNumeric("1")?.units(scale: 100_000) == nil)
        #expect(ExactNumeric("0")?.units(scale: 100_000) == 0)
        #expect(ExactNumeric("1")?.units(scale: -1) == nil)
    }

    @Test("Days are PostgreSQL's, leap years and the years before 1 included")
    func dates() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        var days: [CalendarDate] = []
        for _ in 0..<500 {
            let year = Int(random.next() % 9000) + 1
            if let day = CalendarDate(year: year, month: Int(random.next() % 12) + 1, day: Int(random.next() % 31) + 1) { days.append(day) }
        }
        for year in [1, 4, 100, 400, 1600, 1900, 1999, 2000, 2004, 9999] {
            for (month, day) in [(1, 1), (2, 28), (2, 29), (3, 1), (12, 31)] {
                if let day = CalendarDate(year: year, month: month, day: day) { days.append(day) }
            }
        }
        let sent = days
        try await World.with { world in
            let (back, texts): ([CalendarDate], [String]) = try await world.connections.batch(.anyone) { batch in
                (
                    batch.one("SELECT \(sent)"),
                    batch.one("SELECT array_agg(value::text ORDER BY place) FROM unnest(\(sent)) WITH ORDINALITY AS t(value, place)")
                )
            }
            #expect(back == sent, "seed \(seed)")
            #expect(texts == sent.map(\.description), "seed \(seed)")
            let (first, last, before): (CalendarDate, CalendarDate, CalendarDate) = try await world.connections.batch(.anyone) { batch in
                (
                    batch.one("SELECT '4713-01-01 BC'::date"), batch.one("SELECT '5874897-12-31'::date"),
                    batch.one("SELECT '0001-12-31 BC'::date")
                )
            }
            #expect(first == CalendarDate(year: -4712, month: 1, day: 1))
            #expect(last == CalendarDate(year: 5_874_897, month: 12, day: 31))
            #expect(before == CalendarDate(year: 0, month: 12, day: 31))
            let error = await postgresError {
                let _: CalendarDate = try await world.connections.batch(.anyone) { $0.one("SELECT 'infinity'::date AS value") }
            }
            #expect(error?.message == "Column value holds a date that is no valid CalendarDate.")
        }
    }

    @Test(
        "A day that no calendar has is none",
        arguments: [(2026, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (.max, 1, 1)])
    func noDate(_ year: Int, _ month: Int, _ day: Int) {
        #expect(CalendarDate(year: year, month: month, day: day) == nil)
    }

    @Test("Addresses and networks are written as PostgreSQL writes them")
    func addresses() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        var addresses: [InternetAddress] = []
        for round in 0..<300 {
            let count = round % 2 == 0 ? 4 : 16
            let bytes = (0..<count).map { _ in random.next() % 2 == 0 ? 0 : UInt8(truncatingIfNeeded: random.next()) }
            let bits = round % 3 == 0 ? count * 8 : Int(random.next() % UInt64(count * 8 + 1))
            if let address = InternetAddress(bytes: bytes, prefixLength: bits) { addresses.append(address) }
        }
        let sent = addresses
        try await World.with { world in
            try await Self.expectSame(sent, world, "inet", seed: seed)
            let network: InternetAddress = try await world.connections.batch(.anyone) { $0.one("SELECT '10.1.0.0/16'::cidr") }
            #expect(network == InternetAddress("10.1.0.0/16"))
        }
        for text in ["", "10.1", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/", "::1/129", "localhost", "1.2.3.4/8/8", "10.0.0.1\u{0}"] {
            #expect(InternetAddress(text) == nil, "\(text)")
        }
    }

    @Test("UUIDs of any version, and arrays of what has no other form")
    func others() async throws {
        try await World.with { world in
            let connections = world.connections
            let texts = [
                "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
            ]
            try await Self.expectSame(texts.compactMap(AnyUUID.init), world, "uuid")
            for text in ["", "6ba7b810", "6ba7b810-9dad-11d1-80b4-00c04fd430cg", "6ba7b8109dad11d180b400c04fd430c8aaaa"] {
                #expect(AnyUUID(text) == nil)
            }
            try await ValueTests.expect([(Float(0.1), "0.1"), (-.infinity, "-Infinity")], connections)
            try await ValueTests.expect([([Float(0.5), 1], "{0.5,1}")], connections)
            try await ValueTests.expect([([JSONB(text: #"{"a": 1}"#)], #"{"{\"a\": 1}"}"#)], connections)
            let json: JSONB = try await connections.batch(.anyone) { $0.one(#"SELECT '{"b":  2}'::json"#) }
            #expect(json.text == #"{"b":  2}"#)
        }
    }

    @Test("Ranges keep their ends")
    func ranges() async throws {
        try await World.with { world in
            let connections = world.connections
            typealias Longs = PostgresRange<Int64>
            try await ValueTests.expect(
                [
                    (Longs(lower: .init(1, isIncluded: true), upper: .init(5, isIncluded: false)), "[1,5)"),
                    (Longs(lower: nil, upper: .init(5, isIncluded: false)), "(,5)"), (Longs(lower: nil, upper: nil), "(,)"),
                    (.empty, "empty"),
                ], connections)
            typealias Amounts = PostgresRange<ExactNumeric>
            try await ValueTests.expect(
                [
                    (
                        Amounts(
                            lower: .init(ExactNumeric(units: 15, scale: 1), isIncluded: false),
                            upper: .init(ExactNumeric(units: 2), isIncluded: true)),
                        "(1.5,2]"
                    )
                ], connections)
            let days: PostgresRange<CalendarDate> = try await connections.batch(.anyone) {
                $0.one("SELECT '[2026-01-01,2026-01-31]'::daterange")
            }
            let first = try #require(CalendarDate(year: 2026, month: 1, day: 1))
            let after = try #require(CalendarDate(year: 2026, month: 2, day: 1))
            #expect(days == PostgresRange(lower: .init(first, isIncluded: true), upper: .init(after, isIncluded: false)))
        }
    }

    @Test(
        "Bytes that are no such value are refused without a trap",
        arguments: [
            [], [0], [0, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0xC0, 0, 0, 0], [255, 255, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 255, 255],
            [0, 1, 0, 0, 0, 0, 0, 0, 0x27, 0x10], [2, 33, 0, 4, 1, 2, 3, 4], [3, 32, 0, 4, 1, 2, 3, 4], [2, 32, 0, 5, 1, 2, 3, 4, 5],
            [2, 32, 0, 16, 1], [2, 0, 0, 0, 8, 1], [2, 127, 255, 255, 255, 1], [0, 0, 0, 0, 8],
        ] as [[UInt8]])
    func hostile(_ bytes: [UInt8]) {
        #expect(ValueTests.decode(bytes, as: .numeric, ExactNumeric.self) == nil)
        #expect(ValueTests.decode(bytes, as: .inet, InternetAddress.self) == nil)
        #expect(ValueTests.decode(bytes, as: .date, CalendarDate.self) == nil)
        #expect(ValueTests.decode(bytes, as: .uuid, AnyUUID.self) == nil)
        #expect(ValueTests.decode(bytes, as: .int8range, PostgresRange<Int64>.self) == nil)
    }

    @Test("SEC-6 · A hundred strings that are made to break out of a statement come back as they were")
    func injections() async throws {
        let seeds = [
            "'; DROP TABLE counter; --", "' OR '1'='1", "$1", "\\'; SELECT 1; --", "/* ", "*/ UNION SELECT 1 --",
            "'||(SELECT current_user)||'", "%s %d",
            "\u{2019}; DROP", "\"; DROP TABLE counter; --", "E'\\x27'", "$$; SELECT 1; $$", "\n--\n;", "';COMMIT;--", "ı̇", "😀'",
            "\u{feff}'", "\t';\r\n",
            "NULL", "-1 OR 1=1",
        ]
        let strings = (0..<100).map { seeds[$0 % seeds.count] + String(repeating: "'", count: $0 / seeds.count) }
        try await World.with { world in
            let connections = world.connections
            let back: [String] = try await connections.batch(.anyone) { $0.one("SELECT \(strings)") }
            #expect(back == strings)
            for (number, string) in strings.enumerated() {
                let (text, tenant): (String, String) = try await connections.batch(.of(string)) { batch in
                    batch.enqueue("INSERT INTO counter VALUES (\(string) || \("\(number)"), 1)")
                    return (
                        batch.one("SELECT name FROM counter WHERE name = \(string) || \("\(number)")"), batch.one("SELECT current_tenant()")
                    )
                }
                #expect(text == string + "\(number)")
                #expect(tenant == string)
            }
            let rows = try await TransactionTests.count(world)
            #expect(rows == 100)
        }
    }
}
