import Crypto
import Net
import Postgres
import StandardTypes
import TestSupport
import Testing

@testable import Platform

/// Who gets how much of a queue.
@Suite struct JobFairnessTests {
    @Test("of each claim every tenant that waits gets an equal share, whatever the others have waiting")
    func fairness() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Seeded(seed)
        try await JobWorld.with { world in
            for round in 0..<6 {
                var waiting: [String: Int] = [:]
                for number in 0..<Int.random(in: 1...9, using: &random) {
                    let tenant = "t\(number)"
                    waiting[tenant] = Int.random(in: 1...40, using: &random)
                    try await world.enqueue((0..<(waiting[tenant] ?? 0)).map { _ in Job(TestJobs.note, StringValue("")) }, tenant: tenant)
                }
                let store = world.store()
                let worker = try await world.worker(store)
                var last = ""
                while !waiting.isEmpty {
                    let wanted = Int.random(in: 1...30, using: &random)
                    let claimed = try #require(try await store.claim(worker, JobQueue(), count: wanted, after: last))
                    let note = "seed \(seed), round \(round), \(wanted) wanted of \(waiting), \(claimed.map(\.hold.tenant))"
                    #expect(claimed.count == min(wanted, waiting.values.reduce(0, +)), "\(note)")
                    var shares: [String: Int] = [:]
                    for job in claimed { shares[job.hold.tenant, default: 0] += 1 }
                    // Who still has jobs waiting got as much as anybody, to within what does not divide.
                    let most = shares.values.max() ?? 0
                    for (tenant, count) in waiting where (shares[tenant] ?? 0) < count {
                        #expect((shares[tenant] ?? 0) >= most - max(1, wanted / max(1, waiting.count)), "\(note)")
                        if wanted >= waiting.count { #expect((shares[tenant] ?? 0) >= 1, "\(note)") }
                    }
                    for (tenant, share) in shares {
                        waiting[tenant, default: 0] -= share
                        if waiting[tenant] == 0 { waiting[tenant] = nil }
                    }
                    last = try #require(claimed.last).hold.tenant
                }
            }
        }
    }

    @Test("claims of one job each go round all tenants")
    func roundRobin() async throws {
        try await JobWorld.with { world in
            for tenant in ["a", "b", "c"] {
                try await world.enqueue((0..<10).map { _ in Job(TestJobs.note, StringValue("")) }, tenant: tenant)
            }
            let store = world.store()
            let worker = try await world.worker(store)
            var last = ""
            var turns: [String] = []
            for _ in 0..<9 {
                last = try #require(try await store.claim(worker, JobQueue(), count: 1, after: last)?.first).hold.tenant
                turns.append(last)
            }
            #expect(turns == ["a", "b", "c", "a", "b", "c", "a", "b", "c"])
        }
    }

    @Test("caps of a queue and of each tenant hold over two processes that claim at once")
    func caps() async throws {
        try await JobWorld.with { world in
            for tenant in ["a", "b", "c"] {
                try await world.enqueue((0..<50).map { _ in Job(TestJobs.note, StringValue("")) }, tenant: tenant)
            }
            let queue = JobQueue(cap: 7, tenantCap: 3)
            let claimed = try await withThrowingTaskGroup { group in
                for database in [world.first, world.second, world.first, world.second] {
                    group.addTask {
                        let store = world.store(database)
                        return try await store.claim(world.worker(store), queue, count: 5, after: "") ?? []
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            var shares: [String: Int] = [:]
            for job in claimed { shares[job.hold.tenant, default: 0] += 1 }
            #expect(claimed.count == 7)
            #expect((shares.values.max() ?? 0) <= 3)

            // What ends makes room.
            let store = world.store()
            let ended = try #require(claimed.first)
            _ = try await store.finish(ended.hold.worker, [ended.hold])
            let next = try await store.claim(world.worker(store), queue, count: 5, after: "")
            #expect(next?.count == 1)
        }
    }

    @Test("tenants whose jobs all wait for one before them do not keep a claim from those behind them, nor from those before it began")
    func behindSequences() async throws {
        try await JobWorld.with { world in
            let blocked = (0..<90).map { "b\($0 + 100)" }
            let store = world.store()
            let worker = try await world.worker(store)
            for tenant in blocked { try await world.enqueue([Job(TestJobs.note, StringValue(""), sequence: "s")], tenant: tenant) }
            #expect(try await store.claim(worker, JobQueue(), count: 90, after: "")?.count == 90)
            for tenant in blocked { try await world.enqueue([Job(TestJobs.note, StringValue(""), sequence: "s")], tenant: tenant) }
            for tenant in ["a", "c"] { try await world.enqueue((0..<2).map { _ in Job(TestJobs.note, StringValue("")) }, tenant: tenant) }
            var tenants: [String] = []
            for last in ["a", "b150", "c", "b150"] {
                tenants += try await store.claim(worker, JobQueue(), count: 1, after: last)?.map(\.hold.tenant) ?? []
            }
            #expect(tenants == ["c", "c", "a", "a"])
            #expect(try await store.claim(worker, JobQueue(), count: 1, after: "b150")?.count == 0)
        }
    }

    @Test("tenants at their caps do not keep a claim from those behind them")
    func behindCaps() async throws {
        try await JobWorld.with { world in
            for tenant in ["a", "b", "c", "d"] {
                try await world.enqueue((0..<5).map { _ in Job(TestJobs.note, StringValue("")) }, tenant: tenant)
            }
            let queue = JobQueue(tenantCap: 1)
            let store = world.store()
            let worker = try await world.worker(store)
            var tenants: [String] = []
            for _ in 0..<5 { tenants += try await store.claim(worker, queue, count: 1, after: "")?.map(\.hold.tenant) ?? [] }
            #expect(tenants == ["a", "b", "c", "d"])
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
