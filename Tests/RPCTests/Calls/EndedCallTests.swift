import BenchAPI
import Net
import RPC
import RPCTesting
import Synchronization
import Testing

@Suite("A call that is ended from outside of its handler", .timeLimit(.minutes(5))) struct EndedCallTests {
    /// What the handlers of a simulation did.
    private final class Record: Sendable {
        private let calls = Mutex<[Call]>([])
        private let ends = Mutex<[Bool]>([])

        /// Those that began.
        var begun: [Call] { calls.withLock { $0 } }
        /// Of those that ended, whether their tasks were cancelled.
        var cancelled: [Bool] { ends.withLock { $0 } }

        func begins(_ call: Call) { calls.withLock { $0.append(call) } }
        func ends(_ isCancelled: Bool) { ends.withLock { $0.append(isCancelled) } }

        /// A reply, and then nothing until the task is cancelled.
        func stream(_ call: Call, _ replies: Outbound<EchoReply>) async throws {
            begins(call)
            defer { ends(Task.isCancelled) }
            try await replies.send(EchoReply([1]))
            try await call.loop.sleep(for: .seconds(3_600))
        }
    }

    private struct Rewording: ErrorFunnel {
        func status(of error: any Error, _ call: Call) -> RPCError {
            RPCError(.dataLoss, "reworded: \((error as? RPCError)?.message ?? "")")
        }
    }

    @Test("tells the client why, in the words of its interceptors, behind what was sent; and cancels the handler, once")
    func ended() async throws {
        try await Simulation.run(seeds: 1...5, faults: .delays) { simulation in
            let record = Record()
            let service = ScriptedEcho(onServerStream: { _, call, replies in try await record.stream(call, replies) })
            try await simulation.serve([service], interceptors: [Rewording()])
            let client = EchoClient(try simulation.channel())
            var received = 0
            let error = await #expect(throws: RPCError.self) {
                for try await reply in try await client.serverStream(EchoRequest([])) {
                    #expect(reply.payload == [1])
                    received += 1
                    record.begun[0].end(RPCError(.aborted, "enough"))
                    record.begun[0].end(RPCError(.aborted, "more than enough"))
                }
            }
            #expect(received == 1)
            #expect(error?.code == .dataLoss)
            #expect(error?.message == "reworded: enough")
            try await simulation.sleep(for: .seconds(10))
            #expect(record.cancelled == [true])
            #expect(simulation.runningCalls == 0)
            #expect(try await simulation.openStreams() == 0)
        }
    }

    @Test("is not held open by a client that does not take what was sent")
    func unread() async throws {
        try await Simulation.run(seeds: 1...5, faults: .delays) { simulation in
            let record = Record()
            let service = ScriptedEcho(onServerStream: { _, call, replies in
                record.begins(call)
                defer { record.ends(Task.isCancelled) }
                while true { try await replies.send(EchoReply(Array(repeating: 7, count: 60_000))) }
            })
            try await simulation.serve([service])
            let client = EchoClient(try simulation.channel())
            let replies = try await client.serverStream(EchoRequest([]))
            try await simulation.sleep(for: .seconds(5))
            #expect(try await simulation.openStreams() == 1)
            record.begun[0].end(RPCError(.aborted, "enough"))
            try await simulation.sleep(for: .seconds(20))
            #expect(record.cancelled == [true])
            #expect(try await simulation.openStreams() == 0)
            let error = await #expect(throws: RPCError.self) { for try await _ in replies {} }
            #expect(error != nil)
        }
    }

    @Test("stays as it is when it is over")
    func over() async throws {
        try await Simulation.run(seeds: 1...5) { simulation in
            let record = Record()
            let service = ScriptedEcho(onUnary: { request, call in
                record.begins(call)
                return EchoReply(request.payload)
            })
            try await simulation.serve([service])
            let client = EchoClient(try simulation.channel())
            #expect(try await client.unary(EchoRequest([3])).payload == [3])
            record.begun[0].end(RPCError(.aborted, "too late"))
            #expect(try await client.unary(EchoRequest([4])).payload == [4])
        }
    }
}
