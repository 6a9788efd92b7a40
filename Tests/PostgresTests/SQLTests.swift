import Crypto
import Net
@testable import Postgres
import Testing

@Suite struct SQLTests {
    static func value(_ statement: SQL, _ index: Int) -> [UInt8]? {
        let lengths = statement.parameters.map(\.length)
        let start = lengths[..<index].reduce(0) { $0 + ($1 ?? 0) }
        return lengths[index].map { Array(statement.values[start..<start + $0]) }
    }

    @Test("An interpolated value becomes a parameter, however hostile")
    func binds() {
        let hostile = "'; DROP TABLE lead; --"
        let statement: SQL = "SELECT * FROM lead WHERE name = \(hostile) AND age > \(Int64(258))"
        #expect(statement.text == "SELECT * FROM lead WHERE name = $1 AND age > $2")
        #expect(statement.parameters.map(\.type) == [.text, .int8])
        #expect(Self.value(statement, 0) == Array(hostile.utf8))
        #expect(Self.value(statement, 1) == [0, 0, 0, 0, 0, 0, 1, 2])
        #expect(statement.description == statement.text)
    }

    @Test("Nil is NULL of the right type; empty text is not NULL")
    func null() {
        let nothing: String? = nil
        let statement: SQL = "SELECT \(nothing), \(""), \(Int?.none), \([UInt8]())"
        #expect(statement.text == "SELECT $1, $2, $3, $4")
        #expect(statement.parameters.map(\.type) == [.text, .text, .int8, .bytea])
        #expect(statement.parameters.map(\.length) == [nil, 0, nil, 0])
    }

    @Test("A statement within another keeps its values and is renumbered")
    func nested() {
        let inner: SQL = "a = \(1) OR b = \("x") OR c = '$1'"
        let middle: SQL = "(\(inner)) AND d = \("y")"
        let statement: SQL = "SELECT \(true) WHERE \(middle) AND \(inner)"
        #expect(statement.text == "SELECT $1 WHERE (a = $2 OR b = $3 OR c = '$1') AND d = $4 AND a = $5 OR b = $6 OR c = '$1'")
        #expect(statement.parameters.map(\.type) == [.bool, .int8, .text, .text, .int8, .text])
        #expect((0..<6).map { Self.value(statement, $0)?.last } == [1, 1, 120, 121, 1, 120])
    }

    @Test("More than nine parameters are renumbered, too")
    func manyParameters() {
        var statement: SQL = "SELECT \(0)"
        for number in 1..<12 { statement = "\(statement), \(number)" }
        let twice: SQL = "\(statement); \(statement)"
        #expect(
            twice.text == "SELECT " + (1...12).map { "$\($0)" }.joined(separator: ", ")
                + "; SELECT " + (13...24).map { "$\($0)" }.joined(separator: ", "))
        #expect(twice.parameters.count == 24)
        #expect(Self.value(twice, 23)?.last == 11)
    }

    @Test("Text comes from the program's source only")
    func fragment() {
        let statement: SQL = "SELECT id FROM lead ORDER BY \(fragment: "created_at DESC") LIMIT \(5)"
        #expect(statement.text == "SELECT id FROM lead ORDER BY created_at DESC LIMIT $1")
    }

    @Test("A name that this module makes up stands where it was put, also within another statement")
    func ownNames() {
        let size = "500"
        let fetch: SQL = "FETCH \(ownName: size) FROM page"
        #expect(fetch.text == "FETCH 500 FROM page")
        let both: SQL = "\(1)\(ownName: "a")\(2) \(fetch) \(ownName: "b")"
        #expect(both.text == "$1a$2 FETCH 500 FROM page b")
        #expect(!fetch.hasShape(of: "FETCH \(ownName: "501") FROM page"))
    }

    @Test("A shape is the statement without its values")
    func shape() {
        func statement<Value: PostgresValue>(_ first: Value, _ second: String) -> SQL { "SELECT \(first), \(second)" }
        let one = statement(1, "a")
        let two = statement(2, "b")
        let three = statement("2", "b")
        #expect(one.hasShape(of: two))
        #expect(!one.hasShape(of: three))
        #expect(one.shape.values.isEmpty)
        #expect(one.shape.hasShape(of: two))
    }

    @Test("The settings of a scope are bound as well")
    func settings() {
        let scope = Scope(tenant: "a', true) --", caller: "c", requestID: "r")
        let statement = scope.settings(timeoutMilliseconds: 1500)
        #expect(!statement.text.contains("--"))
        #expect(statement.parameters.count == 6)
        #expect(Self.value(statement, 0) == Array("a', true) --".utf8))
        #expect(Self.value(statement, 3) == Array("1500".utf8))
        // Half of it for locks.
        #expect(Self.value(statement, 4) == Array("750".utf8))
    }

    @Test(
        "What is left until the deadline is rounded up to milliseconds and bounded",
        arguments: [
            (nil, 30_000), (.seconds(5), 5_000), (.microseconds(1_500_001), 1_501), (.nanoseconds(1), 1), (.seconds(90), 30_000),
            (.zero, nil), (.seconds(-1), nil),
        ] as [(Duration?, Int64?)])
    func timeout(_ left: Duration?, _ milliseconds: Int64?) {
        let now = MonotonicTime(nanoseconds: 10_000_000_000)
        let scope = Scope(tenant: nil, caller: "", requestID: "", deadline: left.map { now + $0 })
        #expect(scope.timeoutMilliseconds(at: now, longest: .seconds(30)) == milliseconds)
    }

    @Test("A longest run beyond PostgreSQL's setting is its greatest value")
    func longTimeout() {
        #expect(Scope.anyone.timeoutMilliseconds(at: .now(), longest: .seconds(1)) == 1000)
        let scope = Scope(tenant: nil, caller: "", requestID: "")
        #expect(scope.timeoutMilliseconds(at: .now(), longest: .seconds(1_000_000_000)) == 2_147_483_647)
    }

    @Test(
        "A connection string holds any value",
        arguments: [
            ("/tmp/a b", "host='/tmp/a b'"), ("it's", "host='it\\'s'"), ("a\\b", "host='a\\\\b'"), ("", "host=''"),
        ])
    func connectionString(_ value: String, _ text: String) {
        #expect(Database.Configuration.connectionString(["host": value]) == text)
    }
}
