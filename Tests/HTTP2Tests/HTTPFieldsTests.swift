import CNet
import Testing

@testable import HTTP2

@Suite("Header fields") struct HTTPFieldsTests {
    private func received(_ fields: [(String, String)], budget: Int) -> HTTPFields {
        let section = IncomingFields(budget: budget)
        for (name, value) in fields {
            unsafe Array(name.utf8).withUnsafeBytes { name in
                unsafe Array(value.utf8).withUnsafeBytes { value in
                    unsafe section.append(name: name, value: value)
                }
            }
        }
        return section.take().0
    }

    @Test("fields keep their order and their duplicates")
    func order() {
        let fields = HTTPFields([("a", "1"), ("b", ""), ("a", "2")])
        #expect((0..<fields.count).map { fields.name(at: $0) } == ["a", "b", "a"])
        #expect((0..<fields.count).map { fields.value(at: $0) } == ["1", "", "2"])
        #expect(fields.first("a") == "1")
        #expect(fields.first("b") == "")
        #expect(fields.first("c") == nil)
        #expect(fields.first("A") == nil)
    }

    @Test("a field is lent as its bytes")
    func lent() {
        let fields = HTTPFields([("name", "value"), ("x", "")])
        let lengths = unsafe fields.withField(at: 0) { unsafe ($0.elementsEqual("name".utf8), $1.elementsEqual("value".utf8)) }
        #expect(lengths == (true, true))
        let empty = unsafe fields.withField(at: 1) { ($0.count, $1.count) }
        #expect(empty == (1, 0))
    }

    @Test("a field costs its name, its value and 32 (RFC 9113, 6.5.2)")
    func cost() {
        let fields = received([("abc", "defgh"), ("x", "")], budget: 1_000)
        #expect(fields.countedBytes == 3 + 5 + 32 + 1 + 0 + 32)
        #expect(HTTPFields([("abc", "defgh"), ("x", "")]).countedBytes == fields.countedBytes)
        #expect(fields.overBudget == nil)
    }

    @Test("exactly the budget fits, one byte more does not", arguments: [(40, true), (39, false)])
    func edge(budget: Int, fits: Bool) {
        let fields = received([("abc", "defgh")], budget: budget)
        #expect((fields.overBudget == nil) == fits)
        #expect(fields.count == (fits ? 1 : 0))
        #expect(fields.countedBytes == 40)
    }

    @Test("over the budget fields are counted, not kept, and the largest is named")
    func overBudget() {
        let large = String(repeating: "v", count: 100)
        let fields = received([("small", "1"), ("big", large), ("bigger", large + "w"), ("late", "2")], budget: 60)
        #expect(fields.overBudget == "bigger")
        #expect(fields.count == 1)
        #expect(fields.first("small") == "1")
        #expect(fields.countedBytes == 38 + 135 + 139 + 37)
    }

    @Test("the largest field may be one that was kept before the budget ran out")
    func largestWasKept() {
        let fields = received([("huge", String(repeating: "v", count: 100)), ("tiny", "1")], budget: 150)
        #expect(fields.overBudget == "huge")
        #expect(fields.first("huge")?.utf8.count == 100)
        #expect(fields.first("tiny") == nil)
    }

    @Test("what a bomb says does not cost memory: 100,000 fields, a few kept")
    func bomb() {
        let fields = received(Array(repeating: ("x", String(repeating: "y", count: 67)), count: 100_000), budget: 8_192)
        #expect(fields.countedBytes == 10_000_000)
        #expect(fields.count == 81)
        #expect(fields.bytes.capacity < 32 * 1_024)
        #expect(fields.overBudget == "x")
    }

    @Test("a long name is cut where it is quoted")
    func longName() {
        let fields = received([(String(repeating: "n", count: 10_000), "")], budget: 100)
        #expect(fields.overBudget == String(repeating: "n", count: 256))
    }

    @Test(
        "a secret that can be guessed is never indexed, nor what is new with each call; a token is, and what comes again",
        arguments: [
            (":path", "/a", true), ("x-tenant", "acme", true), ("authorization", "Basic YWRhOnNlY3JldA==", false),
            ("authorization", "Bearer " + String(repeating: "t", count: 400), true), ("x-request-id", "01a2044d", false),
            ("idempotency-key", "key-00000001", false), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
        ])
    func indexing(name: String, value: String, isIndexed: Bool) {
        let flags = unsafe HTTPFields([(name, value)]).withTable { unsafe $0[0].flags }
        #expect((UInt32(flags) & NGHTTP2_NV_FLAG_NO_INDEX.rawValue == 0) == isIndexed)
    }

    @Test("secrets do not show in a description")
    func redacted() {
        let fields = HTTPFields([(":path", "/a"), ("authorization", "Bearer secret"), ("x-bin", "c2VjcmV0")])
        #expect("\(fields)" == ":path: /a\nauthorization: …\nx-bin: …")
    }
}

@Suite("Error codes") struct ErrorCodeTests {
    @Test(
        "codes print as RFC 9113 names them, unknown ones as numbers",
        arguments: [(0, "NO_ERROR"), (7, "REFUSED_STREAM"), (13, "HTTP_1_1_REQUIRED"), (14, "0xe"), (.max, "0xffffffff")]
            as [(UInt32, String)])
    func names(number: UInt32, name: String) {
        #expect("\(ErrorCode(rawValue: number))" == name)
    }
}
