import Testing

@testable import HTTP2

@Suite("Header sections of one connection") struct IncomingFieldsTests {
    private typealias Field = (name: String, value: String)

    private func receive(_ section: [Field], _ incoming: IncomingFields) -> (fields: HTTPFields, repeated: RepeatedFields?) {
        incoming.removeAll()
        for field in section { append(field, to: incoming) }
        return incoming.take()
    }

    private func append(_ field: Field, to incoming: IncomingFields) {
        unsafe Array(field.name.utf8).withUnsafeBytes { name in
            unsafe Array(field.value.utf8).withUnsafeBytes { value in
                unsafe incoming.append(name: name, value: value)
            }
        }
    }

    private func pairs(_ fields: HTTPFields) -> [String] {
        (0..<fields.count).map { "\(fields.name(at: $0)): \(fields.value(at: $0))" } + ["\(fields.countedBytes) bytes"]
            + (fields.overBudget.map { ["over: \($0)"] } ?? [])
    }

    private let call: [Field] = [(":method", "POST"), (":path", "/a/B"), ("te", "trailers"), ("x", ""), ("grpc-timeout", "1S")]

    @Test("one that comes again is known from the second time on, by the same mark")
    func known() throws {
        let incoming = IncomingFields(budget: 8192)
        #expect(receive(call, incoming).repeated == nil)
        let second = try #require(receive(call, incoming).repeated)
        let third = receive(call, incoming)
        #expect(third.repeated === second)
        #expect(pairs(third.fields) == pairs(HTTPFields(call)))
    }

    @Test("what was read in one is gone with it: the same section after another is read anew")
    func interrupted() throws {
        let incoming = IncomingFields(budget: 8192)
        _ = receive(call, incoming)
        let mark = try #require(receive(call, incoming).repeated)
        #expect(receive([(":status", "200")], incoming).repeated == nil)
        #expect(receive(call, incoming).repeated == nil)
        #expect(receive(call, incoming).repeated !== mark)
    }

    @Test("one that was begun and never ended leaves nothing that another could be taken for", arguments: [1, 2, 3])
    func abandoned(times: Int) throws {
        let incoming = IncomingFields(budget: 8192)
        let first = [("user", "alice"), ("te", "trailers")]
        let third = [("user", "mallo"), ("te", "trailers")]
        for _ in 0..<times { _ = receive(first, incoming) }
        incoming.removeAll()
        try append(#require(third.first), to: incoming)
        let (fields, repeated) = receive(third, incoming)
        #expect(pairs(fields) == pairs(HTTPFields(third)))
        #expect(repeated == nil)
    }

    private static let changes: [[Field]] = [
        [],
        [(":method", "POST")],
        [(":method", "POST"), (":path", "/a/B"), ("te", "trailers"), ("x", ""), ("grpc-timeout", "2S")],
        [(":method", "POST"), (":path", "/a/B"), ("te", "trailers"), ("x", ""), ("grpc-timeout", "1S"), ("more", "")],
        [(":method", "POST"), (":path", "/a/B"), ("te", "trailers"), ("x", "")],
        [(":method", "POST"), (":path", "/a/"), ("te", "trailers"), ("x", ""), ("grpc-timeout", "1S")],
        // To its end the same, and then too much.
        [
            (":method", "POST"), (":path", "/a/B"), ("te", "trailers"), ("x", ""), ("grpc-timeout", "1S"),
            ("more", String(repeating: "p", count: 9_000)),
        ],
        // The same bytes, cut elsewhere.
        [(":method", "POST"), (":path", "/a/B"), ("tet", "railers"), ("x", ""), ("grpc-timeout", "1S")],
        [(":methodP", "OST"), (":path", "/a/B"), ("te", "trailers"), ("x", ""), ("grpc-timeout", "1S")],
        [("grpc-timeout", "1S"), (":method", "POST"), (":path", "/a/B"), ("te", "trailers"), ("x", "")],
        [(":method", "POST"), (":path", String(repeating: "p", count: 3_000)), ("te", "trailers")],
        [(":method", "POST"), (":path", String(repeating: "p", count: 9_000)), ("te", "trailers")],
        [(":method", "POST"), (":path", "/a/B"), ("te", "trailers"), ("x", String(repeating: "p", count: 9_000)), ("grpc-timeout", "1S")],
    ]

    @Test("another one is read as if there had been none before, wherever it differs", arguments: changes.indices)
    func different(index: Int) {
        let other = IncomingFieldsTests.changes[index]
        let fresh = receive(other, IncomingFields(budget: 8192)).fields
        for times in 1...3 {
            let incoming = IncomingFields(budget: 8192)
            for _ in 0..<times { _ = receive(call, incoming) }
            let (fields, repeated) = receive(other, incoming)
            #expect(pairs(fields) == pairs(fresh))
            #expect(repeated == nil)
            #expect(pairs(receive(call, incoming).fields) == pairs(HTTPFields(call)))
        }
    }

    @Test("random ones, half of them repeated or slightly changed, are what was sent", arguments: 0..<20 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        let incoming = IncomingFields(budget: 600)
        var section: [Field] = []
        var marks = 0
        for _ in 0..<300 {
            switch next(4) {
            case 0:
                section = (0..<next(8)).map { _ in
                    (String(repeating: "n", count: 1 + next(3)), String(repeating: "v", count: next(next(9) == 0 ? 3_000 : 40)))
                }
            case 1: if !section.isEmpty { section[next(section.count)].value += "w" }
            default: break
            }
            let (fields, repeated) = receive(section, incoming)
            #expect(pairs(fields) == pairs(receive(section, IncomingFields(budget: 600)).fields), "seed \(seed)")
            if repeated != nil { marks += 1 }
        }
        #expect(marks > 20, "seed \(seed)")
    }
}
