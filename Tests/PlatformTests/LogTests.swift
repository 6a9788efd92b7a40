import Glibc
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
        var bytes: [UInt8] = []
        while true {
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(ends[0], $0.baseAddress, $0.count) }
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
