internal import Net
internal import RPC

extension Simulation {
    /// One simulation, from its beginning to its end. Throws `SimulationFailure`, which says the seed, when `body` throws, when it waits for
    /// what never comes, and when it leaves a connection or a handler behind.
    @discardableResult
    public static func run(
        seed: UInt64, faults: Faults = .none, _ body: @escaping @Sendable (Simulation) async throws -> Void
    ) async throws -> History {
        let conductor = prepare(seed: seed, faults: faults, body)
        return try await threads.run { try conductor.run() }
    }

    /// The same on the thread that calls it, which is kept until the end.
    @discardableResult
    package static func runHere(
        seed: UInt64, faults: Faults = .none, _ body: @escaping @Sendable (Simulation) async throws -> Void
    ) throws(SimulationFailure) -> History {
        try prepare(seed: seed, faults: faults, body).run()
    }

    private static func prepare(
        seed: UInt64, faults: Faults, _ body: @escaping @Sendable (Simulation) async throws -> Void
    ) -> Conductor {
        let simulation = Simulation(seed: seed, faults: faults)
        let conductor = Conductor(simulation)
        // Made here, so that it has the task-locals of who calls: a test's expectations count for that test.
        Task(executorPreference: simulation.loop) {
            do {
                try await body(simulation)
                await simulation.end()
                conductor.outcome = .success(())
            } catch {
                conductor.outcome = .failure(error)
            }
        }
        return conductor
    }

    /// One simulation for each seed, one after the other; ends with the first that fails.
    public static func run(
        seeds: some Sequence<UInt64>, faults: Faults = .none, _ body: @escaping @Sendable (Simulation) async throws -> Void
    ) async throws {
        for seed in seeds { try await run(seed: seed, faults: faults, body) }
    }

    /// A simulation computes and waits for nobody, but not for a moment only: it has no place on a thread of Swift's own.
    private static let threads = BlockingPool()

    private func end() async {
        faults = .none
        for channel in channels { await channel.close() }
        for server in servers { await server.drain(grace: .zero) }
    }
}
