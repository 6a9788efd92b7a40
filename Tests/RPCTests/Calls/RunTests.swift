import BenchAPI
import Glibc
import RPC
import Testing

@Suite("A server that runs until a signal", .timeLimit(.minutes(5))) struct RunTests {
    @Test("drains on the first signal, waits for no call after the second, and returns")
    func secondSignal() async {
        await #expect(processExitsWith: .success) {
            let started = Event()
            let service = ScriptedEcho(onUnary: { _, _ in
                started.happen()
                try await Event().wait()
                return EchoReply()
            })
            let (addresses, ready) = AsyncStream<String>.makeStream()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    // Without the second signal it would take an hour.
                    try await Server(services: [service]).run(on: "127.0.0.1:0", grace: .seconds(3600)) { ready.yield("\($0)") }
                }
                for await address in addresses {
                    group.addTask {
                        let error = try await rpcError { try await EchoClient(Channel(address)).unary(EchoRequest([1])) }
                        #expect(error.code == .cancelled || error.code == .unavailable, "\(error)")
                    }
                    break
                }
                try await started.wait()
                // Two of one kind could become one.
                kill(getpid(), SIGTERM)
                kill(getpid(), SIGINT)
                try await group.waitForAll()
            }
        }
    }

    @Test("does not run where somebody else serves")
    func taken() async throws {
        try await withLoopback { loopback in
            await #expect {
                try await Server(services: [EchoService()]).start(on: "\(loopback.address)")
            } throws: {
                "\($0)".contains("Address already in use")
            }
        }
    }
}
