import BenchAPI
import HTTP2
import Net
import Protobuf
import RPC
import Testing

/// Calls of a loop run in the same few tasks, one after the other: what one does to its task must not show in another.
@Suite("A task that goes from call to call", .timeLimit(.minutes(5))) struct TaskReuseTests {
    @TaskLocal private static var tag = 0

    /// What a handler can see of its task.
    private struct Surroundings: Equatable {
        var isCancelled: Bool
        var priority: TaskPriority
        var tag: Int
        var task: Int

        static var current: Surroundings {
            unsafe withUnsafeCurrentTask { task in
                unsafe Surroundings(
                    isCancelled: task?.isCancelled ?? true, priority: task?.priority ?? .background, tag: TaskReuseTests.tag,
                    task: task?.hashValue ?? 0)
            }
        }

        func isLike(_ other: Surroundings) -> Bool {
            isCancelled == other.isCancelled && priority == other.priority && tag == other.tag
        }
    }

    private enum Incident: CaseIterable {
        case throwsStatus, throwsOther, bindsTaskLocal, raisesPriority, isCancelledByClient, ignoresCancellation, missesDeadline
        /// Its task may serve no other call.
        var spoilsTask: Bool { [.raisesPriority, .isCancelledByClient, .ignoresCancellation, .missesDeadline].contains(self) }
    }

    private struct Odd: Error {}

    /// Echo that notes where it runs, and has the incident when the request asks for a reply count of 1.
    private struct Service {
        let incident: Incident
        let seen = Record<Surroundings>()
        let started = Event()
        let released = Event()

        var echo: ScriptedEcho {
            ScriptedEcho(onUnary: { request, call in
                seen.append(.current)
                guard request.count == 1 else { return EchoReply() }
                switch incident {
                case .throwsStatus: throw RPCError(.aborted, "as asked")
                case .throwsOther: throw Odd()
                case .bindsTaskLocal: try await TaskReuseTests.$tag.withValue(7) { try await call.loop.sleep(for: .milliseconds(1)) }
                case .raisesPriority: unsafe withUnsafeCurrentTask { unsafe $0?.escalatePriority(to: .high) }
                case .isCancelledByClient, .missesDeadline:
                    started.happen()
                    try await Event().wait()
                case .ignoresCancellation:
                    started.happen()
                    // A task of its own is not cancelled with the handler's.
                    try await Task.detached { try await released.wait() }.value
                }
                return EchoReply()
            })
        }
    }

    @Test("starts each of them as the first: not cancelled, at its own priority, without task-locals", arguments: Incident.allCases)
    private func afterIncident(incident: Incident) async throws {
        let service = Service(incident: incident)
        try await withLoopback(.cleartext, [service.echo]) { loopback in
            let client = try loopback.client()
            _ = try await client.unary(EchoRequest([]))
            let options = CallOptions(timeout: incident == .missesDeadline ? .milliseconds(50) : nil)
            let odd = Task { try await client.unary(EchoRequest([], count: 1), options) }
            if [.isCancelledByClient, .ignoresCancellation].contains(incident) {
                try await service.started.wait()
                odd.cancel()
            }
            _ = try? await odd.value
            // One that does not return keeps its task for itself.
            _ = try await client.unary(EchoRequest([]))
            service.released.happen()
            let isIdle = await eventually { loopback.server.runningCalls == 0 }
            #expect(isIdle)
            for _ in 0..<10 { _ = try await client.unary(EchoRequest([])) }
            let seen = service.seen.all
            let first = try #require(seen.first)
            #expect(!first.isCancelled && first.tag == 0)
            #expect(seen.allSatisfy { $0.isLike(first) })
            // Addresses of ended tasks are used again, so that a new one cannot be told from an old one; a kept one can.
            if !incident.spoilsTask { #expect(Set(seen.map(\.task)).count == 1) }
        }
    }

    @Test("handlers that never return keep theirs, and hold up no other call")
    func neverReturning() async throws {
        let released = Event()
        let waiting = Counter()
        let service = ScriptedEcho(onUnary: { request, _ in
            if request.count == 1 {
                waiting.add()
                try await Task.detached { try await released.wait() }.value
            }
            return EchoReply(request.payload)
        })
        try await withLoopback(.cleartext, [service], { $0.connectionLimits.concurrentStreams = 1_000 }) { loopback in
            let client = try loopback.client()
            try await withThrowingTaskGroup { group in
                for _ in 0..<400 { group.addTask { _ = try await client.unary(EchoRequest([], count: 1)) } }
                let areWaiting = await eventually { waiting.value == 400 }
                #expect(areWaiting)
                for number in 0..<100 as Range<UInt8> {
                    let reply = try await client.unary(EchoRequest([number]))
                    #expect(reply.payload == [number])
                }
                #expect(loopback.server.runningCalls == 400)
                released.happen()
                try await group.waitForAll()
            }
        }
    }

    @Test("a call that is reset after its handler has returned cancels nobody who came after it")
    func lateReset() async throws {
        let states = Record<Bool>()
        let started = Event()
        let released = Event()
        let service = ScriptedEcho(onUnary: { request, _ in
            if request.count == 2 {
                started.happen()
                try await released.wait()
            }
            states.append(Task.isCancelled)
            return EchoReply([UInt8](repeating: 1, count: request.count == 1 ? 200_000 : 1))
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let raw = try await loopback.raw()
            // More than the window of a stream, so that it is still open when its handler has returned.
            let large = RawFrame.message(EchoRequest([], count: 1).encoded())
            let slow = RawFrame.message(EchoRequest([], count: 2).encoded())
            try await raw.send(.windowUpdate(0, 1_000_000), .headers(1, RawFrame.call()), .data(1, large, end: true))
            let hasReturned = await eventually { states.all.count == 1 && loopback.server.runningCalls == 0 }
            #expect(hasReturned)
            try await raw.send(.headers(3, RawFrame.call()), .data(3, slow, end: true))
            try await started.wait()
            try await raw.send(.reset(1))
            try await raw.roundTrip()
            released.happen()
            #expect(try await raw.reply(3).status == "0")
            #expect(states.all == [false, false])
            await raw.close()
        }
    }

    @Test("who kept the replies of a call that has ended cannot write into a later one, on a stream that is used again")
    func keptReplies() async throws {
        let kept = Record<Outbound<EchoReply>>()
        let errors = Record<StatusCode?>()
        let service = ScriptedEcho(onServerStream: { request, _, replies in
            for earlier in kept.all {
                do throws(RPCError) {
                    try await earlier.send(EchoReply([66]))
                    errors.append(nil)
                } catch { errors.append(error.code) }
            }
            kept.append(replies)
            try await replies.send(EchoReply(request.payload))
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client()
            for number in 0..<5 as Range<UInt8> {
                var received: [[UInt8]] = []
                for try await reply in try await client.serverStream(EchoRequest([number])) { received.append(reply.payload) }
                #expect(received == [[number]])
            }
            #expect(errors.all == Array(repeating: .cancelled, count: 0 + 1 + 2 + 3 + 4))
        }
    }
}
