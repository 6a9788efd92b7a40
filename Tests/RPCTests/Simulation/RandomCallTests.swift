import RPC
import RPCTesting
import TestSupport
import Testing

/// `make soak-simulation SEED=…` runs more of them, or the one that failed; README.md in this folder says what they find.
@Suite("Random calls over a network that does its worst", .timeLimit(.minutes(Soak.isOn ? 600 : 10))) struct RandomCallTests {
    @Test("end once each, as documented, and leave nothing behind", arguments: Soak.shards)
    func calls(shard: Soak.Shard) async throws {
        let outcomes = Record<StatusCode>()
        let seeds = shard.seeds(atFirst: 240)
        for seed in seeds {
            try await Simulation.run(seed: seed, faults: .all) { try await RandomCalls.run($0, outcomes: outcomes) }
        }
        // Otherwise they would not have been through much.
        let tally = Dictionary(grouping: outcomes.all) { $0 }.mapValues(\.count)
        for code in [StatusCode.ok, .cancelled, .deadlineExceeded, .unavailable, .notFound] where seeds.count > 10 {
            #expect(tally[code, default: 0] * 100 > outcomes.all.count, "\(tally)")
        }
    }

    @Test("end well where nothing is lost", arguments: Soak.shards)
    func delays(shard: Soak.Shard) async throws {
        for seed in shard.seeds(atFirst: 80) {
            try await Simulation.run(seed: seed, faults: .delays) { try await RandomCalls.run($0) }
        }
    }

    @Test("find every mistake that a service may make", arguments: Plant.allCases)
    func plants(plant: Plant) async throws {
        await #expect(throws: SimulationFailure.self) {
            try await Simulation.run(seeds: 1...50, faults: .delays) { try await RandomCalls.run($0, plant: plant) }
        }
    }

    @Test("have one history for one seed", arguments: UInt64(1)...5)
    func deterministic(seed: UInt64) async throws {
        let first = try await Simulation.run(seed: seed, faults: .all) { try await RandomCalls.run($0) }
        let second = try await Simulation.run(seed: seed, faults: .all) { try await RandomCalls.run($0) }
        #expect(first == second, "\(first), then \(second)")
    }
}
