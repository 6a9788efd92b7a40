import Protobuf
import StandardTypes
import Testing
import Validation

/// What is said of a violation, and how much.
struct ViolationsTests {
    private let now = Timestamp.with { $0.seconds = 1_800_000_000 }

    private func leaf(_ name: String) -> Leaf { Leaf.with { $0.name = name } }

    @Test("a path leads from the root through lists and maps to the field")
    func paths() {
        var tree = Tree()
        tree.must = leaf("ok")
        tree.plain = Plain()
        tree.either = .other(Holder.with { $0.leaf = leaf("x") })
        tree.byInt = [-3: leaf("")]
        tree.byUint = [7: leaf("")]
        tree.byBool = [true: leaf("")]
        tree.named = ["a\"b\n": Tree.with { $0.depth = 9 }]
        tree.children = [Tree(), Tree.with { $0.filledItems = [leaf("ok"), leaf("y")] }]
        let paths = Set(tree.violations(now: now, limit: .max).map(\.field))
        let expected: Set<String> = [
            "other.leaf.name", "by_int[-3].name", "by_uint[7].name", "by_bool[true].name", "named[\"a\\\"b\\n\"]",
            "named[\"a\\\"b\\n\"].depth", "named[\"a\\\"b\\n\"].must", "children[0].must", "children[0].plain",
            "children[1].filled_items[1].name",
        ]
        #expect(expected.isSubset(of: paths), "\(paths.sorted())")
    }

    @Test("what the caller wrote is cut where it stands in a path, and never in a sentence")
    func longKey() throws {
        let key = String(repeating: "k", count: 1_000)
        let violations = StringValues.with { $0.pairs = [key: "fine"] }.violations(now: now, limit: .max)
        let violation = try #require(violations.first { $0.rule == "string.max_len" && $0.field.hasPrefix("pairs") })
        #expect(violation.field == "pairs[\"\(key.prefix(64))…\"]")
        #expect(violation.description == "It must have at most 4 characters.")
    }

    @Test("violations stay within what a trailer can carry")
    func bounded() {
        let list = StringValues.with { $0.items = Array(repeating: "", count: 100_000) }
        let violations = list.violations(now: now)
        #expect(violations.count == 32)
        let keys = (0..<100).map { String(repeating: "\u{1}", count: 64) + "\($0)" }
        let wide = Tree.with { tree in for key in keys { tree.named[key] = Tree() } }
        let text = wide.violations(now: now).reduce(0) { $0 + $1.field.utf8.count + $1.rule.utf8.count + $1.description.utf8.count }
        #expect(text > 4_000 && text < 6_000)
    }

    @Test(
        "a sentence says what would be right",
        arguments: [
            ("min_len", "It must have at least 2 characters."), ("pattern", "It must match the pattern ^[a-z]+(-[a-z0-9]+)*$"),
            ("prefix", "It must begin with \"pré\"."), ("in", "It must be one of \"\", \"a.b\", \"straße\", \"日本\"."),
            ("required", "It is required."), ("len_bytes", "It must have exactly 4 bytes."),
        ])
    func sentences(field: String, sentence: String) {
        let message = StringValues.with { $0.`in` = "x" }
        #expect(message.violations(now: now, limit: .max).first { $0.field == field }?.description == sentence)
    }

    @Test("the present is asked for once, and only by rules about it")
    func clock() throws {
        try leaf("long enough").validate(clock: { fatalError("no rule is about the present") })
        let times = Timestamps.with { times in
            times.ltNow = Timestamp.with { $0.seconds = now.seconds + 1 }
            times.within = Timestamp.with { $0.seconds = now.seconds - 3_601 }
            times.soon = Timestamp.with { $0.seconds = now.seconds + 3_600 }
        }
        let rules = times.violations(now: now, limit: .max).filter { ["lt_now", "within", "soon"].contains($0.field) }.map(\.rule)
        #expect(rules == ["timestamp.lt_now", "timestamp.within"])
    }

    @Test("an error reads as a sentence and travels as a BadRequest with the rule as reason")
    func error() throws {
        let error = try #require(throws: ValidationError.self) { try Leaf().validate(now: now) }
        #expect(error.description == "A field of the message breaks a rule. name: It must have at least 2 characters.")
        let violation = try #require(error.badRequest.fieldViolations.first)
        #expect(violation.field == "name")
        #expect(violation.reason == "string.min_len")
        #expect(violation.description == "It must have at least 2 characters.")
    }
}
