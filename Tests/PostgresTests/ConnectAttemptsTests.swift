import Net
import Testing

@testable import Postgres

/// Which hosts are tried, in which order, and for how long.
@Suite struct ConnectAttemptsTests {
    private static func tried(_ connection: String) -> [String] {
        ConnectAttempts.hosts(ConnectionParameters(connection)).map { overrides in
            overrides.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        }
    }

    @Test(
        "Several hosts are tried one by one, with their own ports and addresses",
        arguments: [
            ("host=a dbname=x", [""]),
            ("host=a,b port=5433", ["host=a", "host=b"]),
            ("host=a,b port=5433,5434", ["host=a port=5433", "host=b port=5434"]),
            ("postgresql://a:1,b:2/x", ["host=a port=1", "host=b port=2"]),
            ("hostaddr=10.0.0.1,10.0.0.2", ["hostaddr=10.0.0.1", "hostaddr=10.0.0.2"]),
            ("host=a,b hostaddr=10.0.0.1,", ["host=a hostaddr=10.0.0.1", "host=b hostaddr="]),
            ("host=/run/one,/run/two", ["host=/run/one", "host=/run/two"]),
            (
                "host=a,b target_session_attrs=prefer-standby",
                [
                    "host=a target_session_attrs=standby", "host=b target_session_attrs=standby", "host=a target_session_attrs=any",
                    "host=b target_session_attrs=any",
                ]
            ),
            // For libpq to refuse.
            ("host=a,b port=1,2,3", [""]), ("no connection string", [""]),
        ] as [(String, [String])])
    func hosts(_ connection: String, _ expected: [String]) {
        #expect(Self.tried(connection) == expected)
    }

    @Test("Each host has its share of the time that is left, so that one that never answers does not take it all")
    func shares() {
        var configuration = Database.Configuration(connection: "host=a,b,c")
        configuration.connectTimeout = .seconds(9)
        var attempts = ConnectAttempts(configuration)
        let start = MonotonicTime(nanoseconds: 1_000_000_000)
        #expect(attempts.next(at: start)?.deadline == start + .seconds(3))
        attempts.failed(.unavailable("a is silent"))
        // The first took a second only.
        #expect(attempts.next(at: start + .seconds(1))?.deadline == start + .seconds(5))
        attempts.failed(.unavailable("b refuses"))
        #expect(attempts.next(at: start + .seconds(5))?.deadline == start + .seconds(9))
        attempts.failed(.unavailable("c is full"))
        let more = attempts.next(at: start + .seconds(6))
        #expect(more == nil)
        #expect(attempts.error.report == "a is silent; then b refuses; then c is full")
    }
}
