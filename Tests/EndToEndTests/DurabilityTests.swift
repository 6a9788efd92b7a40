import Glibc
import Net
import Postgres
import TestSupport
import Testing

/// What was acknowledged is there, once, whatever is killed. `make soak-kills` does the first test a hundred times over.
@Suite(.serialized)
struct DurabilityTests {
    private static let writers = 8

    /// Every key's lead is there, under the id that was answered, and nothing else is.
    private func check(_ writers: Writers, _ deployment: Deployment, _ comment: Comment) async throws {
        let seen = writers.seen
        #expect(seen.inexcusable.isEmpty, comment)
        let loops = try EventLoopGroup(count: 1)
        let database = Database(deployment.database.administrator, loops: loops.loops)
        let scope = Scope(tenant: nil, caller: "test", requestID: "test")
        let stored = try await database.batch(scope) {
            $0.all("SELECT id::text || ' ' || email FROM lead WHERE deleted_at IS NULL", as: String.self)
        }
        await database.shutdown()
        #expect(stored.count == Set(stored).count)
        #expect(Set(stored) == Set(seen.acknowledged.map { "\($0.value) \($0.key)@example.com" }), comment)
        // Each key still has the answer that it got.
        for (key, id) in seen.acknowledged.prefix(20) { #expect(try await writers.create(key) == id) }
    }

    @Test("kill -9 of the server at random instants under load loses no acknowledged write and repeats none")
    func killed() async throws {
        let seed = Soak.seed(7)
        var random = SeededRandom(seed: seed)
        let cluster = try await TestCluster.start(isDurable: true)
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder, on: cluster)
            try await deployment.migrate()
            var (server, address) = try await deployment.serve()
            let writers = try Writers(deployment)
            try await writers.turn(to: address)
            try await writers.run(Self.writers) {
                for _ in 0..<(Soak.isOn ? 100 : 2) {
                    try await writers.answered(Int.random(in: 1...60, using: &random))
                    let moment = MonotonicTime.now() + .microseconds(Int64.random(in: 0...3_000, using: &random))
                    while MonotonicTime.now() < moment {}
                    server.signal(SIGKILL)
                    #expect(try await server.end() == .killed(signal: SIGKILL))
                    (server, address) = try await deployment.serve()
                    try await writers.turn(to: address)
                }
                try await writers.answered(20)
            }
            try await check(writers, deployment, "seed \(seed), refused: \(writers.seen.refusals)")
            if Soak.isOn { print("seed \(seed): \(writers.count) acknowledged writes; refused meanwhile: \(writers.seen.refusals)") }
            server.signal(SIGTERM)
            #expect(try await server.end() == .exited(0))
        }
        try await cluster.stop()
    }

    /// What can happen to PostgreSQL while it is written to.
    enum Accident: CaseIterable, Sendable {
        case restart
        case backendKilled
        case frozen
    }

    @Test(
        "REL-5, E8: under load PostgreSQL restarts, loses a backend or hangs: refusals say when to come back, then all goes on",
        arguments: Accident.allCases)
    func accident(_ accident: Accident) async throws {
        let cluster = try await TestCluster.start(isDurable: true)
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder, on: cluster)
            try await deployment.migrate()
            let (server, address) = try await deployment.serve()
            let writers = try Writers(deployment)
            try await writers.turn(to: address)
            try await writers.run(Self.writers) {
                try await writers.answered(50)
                #expect(await writers.isReady() == true)
                switch accident {
                case .restart:
                    try await cluster.stop()
                    try await eventually { await writers.isReady() == false }
                    try await cluster.restart()
                case .backendKilled:
                    let refused = writers.refused
                    try cluster.kill(backend: try await backends(deployment)[0])
                    try await eventually { writers.refused > refused }
                    // PostgreSQL ends all backends and recovers; how long that takes is its own affair.
                    try await eventually { (try? await cluster.restart()) != nil }
                case .frozen:
                    let frozen = try await backends(deployment)
                    for backend in frozen { try cluster.freeze(backend: backend, true) }
                    // The accident itself takes its time.
                    try await BlockingPool.shared.run { _ = usleep(3_000_000) }
                    for backend in frozen { try? cluster.freeze(backend: backend, false) }
                }
                let back = MonotonicTime.now()
                try await writers.answered(50)
                let healing = writers.seen.lastAnswer - back
                if Soak.isOn {
                    print("\(accident): 50 more calls were answered within \(healing)")
                    #expect(healing < .seconds(5))
                }
                try await eventually { await writers.isReady() == true }
            }
            try await check(writers, deployment, "\(accident), refused: \(writers.seen.refusals), \(writers.seen.inexcusable.prefix(3))")
            server.signal(SIGTERM)
            #expect(try await server.end() == .exited(0))
        }
        try await cluster.stop()
    }

    private func backends(_ deployment: Deployment) async throws -> [Int32] {
        let loops = try EventLoopGroup(count: 1)
        let database = Database(deployment.database.administrator, loops: loops.loops)
        let found = try await database.batch(Scope(tenant: nil, caller: "test", requestID: "test")) {
            $0.all("SELECT pid FROM pg_stat_activity WHERE usename = 'switchboard_app'", as: Int32.self)
        }
        await database.shutdown()
        return found
    }
}
