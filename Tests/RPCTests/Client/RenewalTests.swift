import Net
import Synchronization
import Testing

@testable import RPC

@Suite("Credentials that renew themselves", .timeLimit(.minutes(1))) struct RenewalTests {
    private static func at(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: (1_000 + seconds) * 1_000_000_000) }

    @Test("they are fetched when there are none that serve, and renewed beside the calls shortly before their end")
    func need() {
        var renewal = Renewal(margin: .seconds(60))
        #expect(renewal.need(at: Self.at(0), expires: nil, has: false) == .fetch)
        #expect(renewal.need(at: Self.at(0), expires: nil, has: true) == .none)
        #expect(renewal.need(at: Self.at(239), expires: Self.at(300), has: true) == .none)
        #expect(renewal.need(at: Self.at(240), expires: Self.at(300), has: true) == .renewal)
        #expect(renewal.need(at: Self.at(300), expires: Self.at(300), has: true) == .fetch)
        renewal.failed(at: Self.at(250))
        #expect(renewal.need(at: Self.at(250), expires: Self.at(300), has: true) == .none)
        #expect(renewal.need(at: Self.at(251), expires: Self.at(300), has: true) == .renewal)
        #expect(renewal.need(at: Self.at(300), expires: Self.at(300), has: true) == .fetch)
        renewal.succeeded()
        #expect(renewal.need(at: Self.at(250), expires: Self.at(300), has: true) == .renewal)
    }

    /// A source whose grants the test makes, and a clock that it sets.
    private final class Source: Sendable {
        let now = Mutex(RenewalTests.at(0))
        let asked = Counter()
        let gate = Event()

        func credentials(lasting seconds: UInt64) -> RenewedCredentials {
            RenewedCredentials(before: .seconds(60), clock: { self.now.withLock { $0 } }) {
                let number = self.asked.add()
                try await self.gate.wait()
                let expires = self.now.withLock { $0 } + .seconds(Int64(seconds))
                return .init(Metadata([("authorization", "Bearer \(number)")]), expires: expires)
            }
        }
    }

    @Test("one fetch serves all that wait")
    func singleFlight() async throws {
        let source = Source()
        let credentials = source.credentials(lasting: 300)
        let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<50 { group.addTask { try await credentials.fetch()["authorization"] } }
            let isAsked = await eventually { source.asked.value == 1 }
            #expect(isAsked)
            source.gate.happen()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(tokens == [String?](repeating: "Bearer 1", count: 50))
        #expect(source.asked.value == 1)
        #expect(credentials.cached(at: Self.at(0))?["authorization"] == "Bearer 1")
    }

    @Test("within the margin the old ones serve while new ones are fetched; behind their end they do not")
    func renewed() async throws {
        let source = Source()
        source.gate.happen()
        let credentials = source.credentials(lasting: 300)
        _ = try await credentials.fetch()
        source.now.withLock { $0 = Self.at(250) }
        #expect(credentials.cached(at: Self.at(0))?["authorization"] == "Bearer 1")
        let isRenewed = await eventually { credentials.cached(at: Self.at(0))?["authorization"] == "Bearer 2" }
        #expect(isRenewed)
        source.now.withLock { $0 = Self.at(5_000) }
        #expect(credentials.cached(at: Self.at(0)) == nil)
        #expect(try await credentials.fetch()["authorization"] == "Bearer 3")
    }

    @Test("a source that fails fails those who wait, and is asked again by the next")
    func failure() async throws {
        struct Down: Error {}
        let asked = Counter()
        let credentials = RenewedCredentials {
            if asked.add() == 1 { throw Down() }
            return .init(Metadata([("authorization", "x")]), lasting: .seconds(300))
        }
        await #expect(throws: Down.self) { try await credentials.fetch() }
        #expect(try await credentials.fetch()["authorization"] == "x")
        #expect(asked.value == 2)
    }
}
