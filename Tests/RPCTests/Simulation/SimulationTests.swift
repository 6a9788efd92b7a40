import BenchAPI
import Net
import RPC
import RPCTesting
import Testing

@Suite("A simulation", .timeLimit(.minutes(5))) struct SimulationTests {
    @Test("serves and calls in memory, whatever the network does to the bytes", arguments: [Faults.none, .delays])
    func call(faults: Faults) async throws {
        try await Simulation.run(seeds: 1...20, faults: faults) { simulation in
            try await simulation.serve([EchoService()])
            let client = EchoClient(try simulation.channel())
            let reply = try await client.unary(EchoRequest([1, 2, 3]))
            #expect(reply.payload == [1, 2, 3])
        }
    }

    @Test("has one history for one seed, and another one for another")
    func deterministic() async throws {
        // What is no RPCError is told by a request's id, which is random outside of a simulation.
        struct Odd: Error {}
        let service = ScriptedEcho(onUnary: { request, _ in
            if request.payload.count % 2 == 1 { throw Odd() }
            return EchoReply(request.payload)
        })
        let body: @Sendable (Simulation) async throws -> Void = { simulation in
            try await simulation.serve([service])
            let client = EchoClient(try simulation.channel())
            await withTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        _ = try? await client.unary(EchoRequest(Array(repeating: UInt8(number), count: number * 997)))
                    }
                }
            }
        }
        var hashes: Set<UInt64> = []
        for seed in UInt64(1)...10 {
            let first = try await Simulation.run(seed: seed, faults: .all, body)
            let second = try await Simulation.run(seed: seed, faults: .all, body)
            #expect(first == second, "\(first), then \(second)")
            hashes.insert(first.hash)
        }
        #expect(hashes.count == 10)
    }

    @Test("has a clock of its own: a day passes in no time, and deadlines hold to the moment")
    func clock() async throws {
        let service = ScriptedEcho(onUnary: { _, call in
            try await call.loop.sleep(for: .seconds(24 * 3600))
            return EchoReply()
        })
        let history = try await Simulation.run(seed: 1) { simulation in
            try await simulation.serve([service])
            let client = EchoClient(try simulation.channel())
            let begin = simulation.now
            let late = try await rpcError { try await client.unary(EchoRequest([]), CallOptions(timeout: .seconds(3600))) }
            #expect(late.code == .deadlineExceeded)
            let took = simulation.now - begin
            #expect(took >= .seconds(3600) && took < .seconds(3601), "\(took)")
            _ = try await client.unary(EchoRequest([]))
            try await simulation.sleep(for: .seconds(3600))
        }
        #expect(history.duration >= .seconds(26 * 3600))
    }

    @Test("that fails says its seed and what happened last, and fails again with it")
    func failure() async throws {
        struct Odd: Error {}
        let body: @Sendable (Simulation) async throws -> Void = { simulation in
            simulation.note("a die is cast")
            if UInt8.random(in: 0..<4, using: &simulation.random) == 3 { throw Odd() }
        }
        let failure = await #expect(throws: SimulationFailure.self) { try await Simulation.run(seeds: 1...100, body) }
        let seed = try #require(failure?.seed)
        #expect("\(failure!)".contains("seed \(seed)") && "\(failure!)".contains("Odd()") && "\(failure!)".contains("a die is cast"))
        let again = await #expect(throws: SimulationFailure.self) { try await Simulation.run(seed: seed, body) }
        #expect(again?.description == failure?.description)
    }

    @Test("that waits for what never comes fails, and does not hang")
    func stalled() async throws {
        let failure = await #expect(throws: SimulationFailure.self) {
            try await Simulation.run(seed: 1) { _ in try await Event().wait() }
        }
        #expect(failure?.reason.contains("nothing is left to do") == true)
    }

    @Test("fails when a handler does not return")
    func handlerStays() async throws {
        let kept = Record<CheckedContinuation<Void, Never>>()
        let service = ScriptedEcho(onUnary: { _, _ in
            await withCheckedContinuation { kept.append($0) }
            return EchoReply()
        })
        let failure = await #expect(throws: SimulationFailure.self) {
            try await Simulation.run(seed: 1) { simulation in
                try await simulation.serve([service])
                let client = EchoClient(try simulation.channel())
                _ = try await rpcError { try await client.unary(EchoRequest([]), CallOptions(timeout: .seconds(1))) }
            }
        }
        #expect(failure?.reason.contains("1 handlers had not") == true, "\(failure?.reason ?? "none")")
        for continuation in kept.all { continuation.resume() }
    }

    @Test("leaves nothing in memory: no loop, and so no call, connection or channel that holds one")
    func memory() async throws {
        final class Box: @unchecked Sendable {
            weak var loop: EventLoop?
        }
        for seed in UInt64(1)...10 {
            let box = Box()
            try await Simulation.run(seed: seed, faults: .all) { simulation in
                box.loop = simulation.loop
                try await RandomCalls.run(simulation)
            }
            // The thread that ran it may hold it for a moment longer.
            #expect(await eventually { box.loop == nil }, "seed \(seed)")
        }
    }
}
