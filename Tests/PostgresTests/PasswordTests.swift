import Net
import Synchronization
import TestSupport
import Testing

@testable import Postgres

/// What the password's file says, as the test has it.
private final class Source: Sendable {
    let text: Mutex<String?>
    let reads = Atomic(0)

    init(_ text: String) { self.text = Mutex(text) }

    struct Unreadable: Error {}

    func read() throws -> String {
        reads.add(1, ordering: .relaxed)
        guard let text = text.withLock({ $0 }) else { throw Unreadable() }
        return text
    }

    func write(_ new: String?) { text.withLock { $0 = new } }
}

@Suite struct PasswordTests {
    @Test("SEC-10 · A refused password is read again, then the one before is tried, each once")
    func attempts() throws {
        let source = Source("a")
        let password = try Database.Password(reading: source.read)
        var first = PasswordAttempts(password)
        var tried = words(&first)
        #expect(tried == ["a"])
        source.write("b")
        first.refresh()
        tried = words(&first)
        #expect(tried == ["a", "b"])

        // PostgreSQL does not know it yet.
        var second = PasswordAttempts(password)
        second.refresh()
        tried = words(&second)
        #expect(tried == ["b", "a"])
        second.accepted()
        #expect(password.candidates == ["b", "a"])

        // Now it does.
        let third = PasswordAttempts(password)
        third.accepted()
        #expect(password.candidates == ["b"])
        source.write(nil)
        third.refresh()
        #expect(password.candidates == ["b"])
        password.replace(with: Database.Password("c"))
        #expect(password.candidates == ["c", "b"])
        #expect(PasswordAttempts(nil).current == nil)
    }

    /// All that are tried, with those that were before.
    private func words(_ attempts: inout PasswordAttempts) -> [String?] {
        var words = [attempts.current]
        while attempts.advance() { words.append(attempts.current) }
        return words
    }

    @Test("SEC-10 · E3 · A role's password changes in either order, and every new connection finds its way", arguments: [true, false])
    func rotation(isFileFirst: Bool) async throws {
        let (cluster, port) = try await TestCluster.startTLS(TestPKI.shared.server)
        let loops = try EventLoopGroup(count: 1)
        let superuser = Database(cluster.administrator, loops: loops.loops)
        try await superuser.batch(.anyone) { $0.enqueue("ALTER ROLE switchboard_app PASSWORD 'first'") }
        let source = Source("first")
        var configuration = Database.Configuration(
            connection: Database.Configuration.connectionString([
                "host": "localhost", "hostaddr": "127.0.0.1", "port": "\(port)", "dbname": "postgres",
                "user": Administrator.applicationRole, "sslmode": "require",
            ]))
        configuration.password = try Database.Password(reading: source.read)
        configuration.connectTimeout = .seconds(300)
        // Each of these is a new connection.
        func connects() async throws {
            let session = try await Session.connect(configuration, on: loops.loops[0])
            session.finish()
        }
        try await connects()
        if isFileFirst {
            configuration.password?.replace(
                with: try Database.Password(reading: {
                    source.write("second")
                    return try source.read()
                }))
            // PostgreSQL knows only the first one.
            try await connects()
        } else {
            source.write("second")
        }
        try await superuser.batch(.anyone) { $0.enqueue("ALTER ROLE switchboard_app PASSWORD 'second'") }
        try await connects()
        #expect(source.reads.load(ordering: .relaxed) >= 2)
        #expect(configuration.password?.candidates.first == "second")

        source.write("wrong")
        try await superuser.batch(.anyone) { $0.enqueue("ALTER ROLE switchboard_app PASSWORD 'third'") }
        let error = await #expect(throws: PostgresError.self) { try await connects() }
        #expect(error?.kind == .unavailable)
        await superuser.shutdown()
        loops.shutdown()
        try await cluster.stop()
    }
}
