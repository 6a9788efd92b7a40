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

    @Test("does on SIGHUP what it was told to do, and serves on")
    func hangUp() async {
        await #expect(processExitsWith: .success) {
            let (addresses, ready) = AsyncStream<String>.makeStream()
            let hungUp = Counter()
            let drained = Counter()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    var configuration = Server.Configuration()
                    configuration.draining = { drained.add() }
                    let server = try Server(services: [EchoService()], configuration: configuration)
                    try await server.run(on: "127.0.0.1:0") {
                        ready.yield("\($0)")
                    } hangUp: {
                        hungUp.add($0.services.count)
                    }
                }
                for await address in addresses {
                    let client = EchoClient(try Channel(address))
                    for count in 1...3 {
                        kill(getpid(), SIGHUP)
                        try #require(await eventually { hungUp.value == count })
                        try #require(try await client.unary(EchoRequest([1]), CallOptions(timeout: .seconds(120))).payload == [1])
                    }
                    break
                }
                try #require(drained.value == 0)
                kill(getpid(), SIGTERM)
                try await group.waitForAll()
                try #require(drained.value == 1)
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
