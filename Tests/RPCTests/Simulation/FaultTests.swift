import BenchAPI
import HTTP2
import Net
import RPC
import RPCTesting
import TestSupport
import Testing

@Suite("Faults of a simulated network", .timeLimit(.minutes(5))) struct FaultTests {
    /// Twenty calls one after the other, each of one message that does not fit into a small buffer.
    private static func calls(_ faults: Faults, seed: UInt64 = 1) async throws -> (
        codes: [StatusCode], peers: Set<String>, history: History
    ) {
        let codes = Record<StatusCode>()
        let peers = Record<String>()
        let service = ScriptedEcho(onUnary: { request, call in
            peers.append("\(call.peer.address)")
            return EchoReply(request.payload)
        })
        let history = try await Simulation.run(seed: seed, faults: faults) { simulation in
            try await simulation.serve([service])
            let client = EchoClient(try simulation.channel())
            for number in 0..<20 {
                do {
                    let content = [UInt8](repeating: UInt8(number), count: 20_000)
                    let reply = try await client.unary(EchoRequest(content), CallOptions(timeout: .seconds(60)))
                    codes.append(reply.payload == content ? .ok : .dataLoss)
                } catch let error as RPCError {
                    codes.append(error.code)
                }
            }
        }
        return (codes.all, Set(peers.all), history)
    }

    private static let allOK = [StatusCode](repeating: .ok, count: 20)

    @Test("none: one connection, and no time passes but that of the turns")
    func none() async throws {
        let (codes, peers, history) = try await Self.calls(.none)
        #expect(codes == Self.allOK && peers.count == 1)
        // What lingers after the end takes a second.
        #expect(history.duration < .seconds(2))
    }

    @Test("delays make calls slow")
    func delays() async throws {
        var faults = Faults()
        faults.longestDelay = .seconds(1)
        let (codes, _, history) = try await Self.calls(faults)
        #expect(codes == Self.allOK)
        #expect(history.duration > .seconds(5), "\(history)")
    }

    @Test("splits, small buffers and slow readers make many small reads and writes, and lose nothing")
    func pieces() async throws {
        let (_, _, whole) = try await Self.calls(.none)
        for change: (inout Faults) -> Void in [{ $0.splits = 0.5 }, { $0.smallBuffers = 1 }, { $0.slowReads = 0.3 }] {
            var faults = Faults()
            change(&faults)
            let (codes, _, history) = try await Self.calls(faults)
            #expect(codes == Self.allOK)
            #expect(history.turns > whole.turns * 5 / 4 || history.duration > .seconds(1), "\(history) beside \(whole)")
        }
    }

    @Test("a refused connect is UNAVAILABLE")
    func refused() async throws {
        var faults = Faults()
        faults.refusedConnects = 1
        let (codes, peers, _) = try await Self.calls(faults)
        #expect(codes == [StatusCode](repeating: .unavailable, count: 20) && peers.isEmpty)
    }

    @Test("resets end calls with UNAVAILABLE, and the next call has another connection")
    func resets() async throws {
        var faults = Faults()
        faults.resets = 0.05
        let (codes, peers, _) = try await Self.calls(faults)
        #expect(Set(codes) == [.ok, .unavailable], "\(codes)")
        #expect(peers.count > 1)
    }

    @Test("a client that is sent away takes its next call elsewhere, and loses none that had begun")
    func goAways() async throws {
        var faults = Faults()
        faults.goAways = 0.2
        let (codes, peers, _) = try await Self.calls(faults)
        #expect(Set(codes).isSubset(of: [.ok, .unavailable]) && codes.count { $0 == .ok } > 10, "\(codes)")
        #expect(peers.count > 1)
    }

    @Test("when the clock jumps, deadlines pass late, and never early")
    func jumps() async throws {
        var faults = Faults()
        faults.clockJumps = 1
        faults.longestJump = .seconds(100)
        let service = ScriptedEcho(onUnary: { _, call in
            try await call.loop.sleep(for: .seconds(3600))
            return EchoReply()
        })
        let history = try await Simulation.run(seed: 3, faults: faults) { simulation in
            try await simulation.serve([service])
            let client = EchoClient(try simulation.channel())
            for _ in 0..<10 {
                let begin = simulation.now
                let error = try await rpcError { try await client.unary(EchoRequest([]), CallOptions(timeout: .seconds(1))) }
                #expect(error.code == .deadlineExceeded || error.code == .unavailable, "\(error)")
                if error.code == .deadlineExceeded { #expect(simulation.now - begin >= .seconds(1)) }
            }
        }
        #expect(history.duration > .seconds(60), "\(history)")
    }

    @Test("all connections can be reset by hand")
    func byHand() async throws {
        let started = Event()
        let service = ScriptedEcho(onUnary: { request, call in
            if request.payload.isEmpty {
                started.happen()
                try await Event().wait()
            }
            return EchoReply(request.payload)
        })
        try await Simulation.run(seed: 1) { simulation in
            try await simulation.serve([service])
            let client = EchoClient(try simulation.channel())
            async let error = rpcError { try await client.unary(EchoRequest([])) }
            try await started.wait()
            simulation.resetConnections()
            #expect(try await error.code == .unavailable)
            #expect(try await client.unary(EchoRequest([1])).payload == [1])
        }
    }

    @Test("TLS goes over it as over a socket")
    func tls() async throws {
        let (server, client) = try (TestPKI.shared.serverContext(), TestPKI.shared.clientContext())
        try await Simulation.run(seeds: 1...5, faults: .delays) { simulation in
            try await simulation.serve([EchoService()]) { $0.tls = server }
            let echo = EchoClient(
                try simulation.channel {
                    $0.tls = client
                    $0.serverName = "localhost"
                })
            #expect(try await echo.unary(EchoRequest([1, 2])).payload == [1, 2])
        }
    }
}
