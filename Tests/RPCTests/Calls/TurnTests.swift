import BenchAPI
import Glibc
import Protobuf
import RPC
import Synchronization
import Testing

@Suite("A turn of a server's loop", .timeLimit(.minutes(5))) struct TurnTests {
    private final class Flag: Sendable {
        private let state = Atomic<Bool>(false)
        func raise() { state.store(true, ordering: .releasing) }

        /// Holds up the thread, which is what these tests are about; for a minute at most.
        func holdUp() -> Bool {
            for _ in 0..<60_000 {
                if state.load(ordering: .acquiring) { return true }
                usleep(1_000)
            }
            return false
        }
    }

    @Test("what a connection asked is answered before the next one is read, though both were ready at once")
    func answersFirst() async throws {
        let started = Event()
        let bothHaveAsked = Flag()
        let oneIsAnswered = Flag()
        let number = Counter()
        let service = ScriptedEcho(onUnary: { _, _ in
            switch number.add() {
            case 1:
                started.happen()
                return EchoReply([bothHaveAsked.holdUp() ? 1 : 0])
            case 2: return EchoReply([1])
            default: return EchoReply([oneIsAnswered.holdUp() ? 1 : 0])
            }
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let call = RawFrame.headers(1, RawFrame.call()).bytes + RawFrame.data(1, RawFrame.message([]), end: true).bytes
            let connections = [try await loopback.raw(), try await loopback.raw(), try await loopback.raw()]
            for connection in connections { try await connection.roundTrip() }
            try await connections[0].send(call)
            try await started.wait()
            for connection in connections[1...] { try await connection.send(call) }
            bothHaveAsked.raise()
            try await withThrowingTaskGroup { group in
                for connection in connections {
                    group.addTask {
                        let body = try await connection.reply(1).body
                        if connection !== connections[0] { oneIsAnswered.raise() }
                        return body
                    }
                }
                for try await body in group { #expect(body == RawFrame.message(EchoReply([1]).encoded())) }
            }
            for connection in connections { await connection.close() }
        }
    }
}
