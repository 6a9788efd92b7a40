import Glibc
import Net
import Testing

@testable import Platform

struct LogTests {
    /// Runs `body` with a log that writes into a pipe, and gives what arrived there.
    private func lines(minimum: Log.Level = .info, _ body: (Log) -> Void) -> [Substring] {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { return [] }
        let log = Log(to: ends[1], minimum: minimum)
        body(log)
        log.flush()
        close(ends[1])
        defer { close(ends[0]) }
        return Self.lines(from: ends[0])
    }

    private static func lines(from descriptor: Int32) -> [Substring] {
        var bytes: [UInt8] = []
        while true {
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    @Test("an event is one line of JSON, its members in the order given")
    func line() throws {
        let lines = lines { $0.write(.warning, "call_refused", ["reason": "a \"quoted\"\nword", "count": 3]) }
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.hasSuffix(",\"level\":\"warning\",\"event\":\"call_refused\",\"reason\":\"a \\\"quoted\\\"\\nword\",\"count\":3}"))
        #expect(line.wholeMatch(of: /\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",.*\}/) != nil)
    }

    @Test("what many lines have in common stands in each, in front of its own")
    func common() throws {
        let common = LogFields(["tenant": "acme", "calls": 2])
        let lines = lines { log in
            for number in 1...2 { log.write(.info, "call_recorded", common: common, ["number": .number(number)]) }
        }
        #expect(
            lines.map { $0.drop { $0 != "," } }
                == (1...2).map {
                    ",\"level\":\"info\",\"event\":\"call_recorded\",\"tenant\":\"acme\",\"calls\":2,\"number\":\($0)}"
                })
    }

    @Test("what would break a line or act on a terminal is escaped, and all else is as it was said")
    func escapes() throws {
        let said = "a\"b\\c\n\r\t\u{1b}[31m\u{7f}\u{2028}\u{2029}é€😀"
        let line = try #require(lines { $0.write(.info, "said", ["text": .text(said), "plain": "é"]) }.first)
        #expect(line.contains(#""text":"a\"b\\c\n\r\t\u001b[31m\u007f\u2028\u2029é€😀","plain":"é"}"#), "\(line)")
    }

    @Test("what a slow reader leaves no room for is dropped and counted")
    func drops() async throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        let log = Log(to: writer)
        let text = String(repeating: "x", count: 100_000)
        for _ in 0..<40 { log.write(.info, "said", ["text": .text(text)]) }
        async let read = BlockingPool.shared.run { Self.lines(from: reader) }
        try await BlockingPool.shared.run {
            log.flush()
            close(writer)
        }
        let lines = try await read
        close(reader)
        let counts = lines.compactMap { $0.firstMatch(of: /"log_lines_dropped","count":(\d+)/)?.1 }.compactMap { Int($0) }
        let dropped = counts.reduce(0, +)
        #expect(dropped > 0)
        #expect(lines.count { $0.contains("\"event\":\"said\"") } == 40 - dropped)
    }

    @Test("lines below the level are not written")
    func level() {
        let lines = lines(minimum: .warning) {
            $0.write(.info, "a")
            $0.write(.warning, "b")
            $0.write(.error, "c")
        }
        #expect(lines.count == 2)
    }
}

struct ServerSecretTests {
    @Test("each purpose has a key of its own, the same every time")
    func keys() throws {
        let secret = try #require(ServerSecret(Array(0..<32)))
        let other = try #require(ServerSecret(Array(1..<33)))
        #expect(secret.key(for: "a").count == 32)
        #expect(secret.key(for: "a") == secret.key(for: "a"))
        #expect(secret.key(for: "a") != secret.key(for: "b"))
        #expect(secret.key(for: "a") != other.key(for: "a"))
    }

    @Test("a short secret is none")
    func short() {
        #expect(ServerSecret(Array(0..<31)) == nil)
    }
}

struct RoleTests {
    @Test("a role holds the scopes of those below it")
    func order() {
        #expect(Role.viewer.scopes.isStrictSubset(of: Role.operator.scopes))
        #expect(Role.operator.scopes.isStrictSubset(of: Role.admin.scopes))
    }
}
