import AttackBench
import BenchAPI
import HTTP2
import Net
import RPC
import TLS
import TestSupport
import Testing

/// What an attacker does to others: nothing that fails a call, and nothing that grows.
@Suite("Beside an attacker", .timeLimit(.minutes(10))) struct OtherClientTests {
    private static let pool = BlockingPool()

    @Test("another connection's calls are all answered, and what is held stays bounded", arguments: Attack.all.map(\.name))
    func others(name: String) async throws {
        let attack = try #require(Attack.all.first { $0.name == name })
        try await withLoopback(.cleartext, [EchoService()], { $0.connectionLimits = .standard }) { loopback in
            let turns = Counter()
            let isOver = Event()
            defer { isOver.happen() }
            let address = loopback.address
            async let attacking = Self.pool.run {
                var attacker = Attacker(attack, on: address)
                return try attacker.run {
                    turns.add()
                    return isOver.hasHappened
                }
            }
            // Each connection was opened, and more than once had something to do.
            let isUnderWay = await eventually { turns.value > 10 * attack.connections }
            #expect(isUnderWay)

            let client = try loopback.client()
            let held = Counter()
            try await withThrowingTaskGroup { group in
                for number in 0..<4 {
                    group.addTask {
                        for call in 0..<50 {
                            let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: call), count: 20 + number)
                            let reply = try await client.unary(EchoRequest(payload), CallOptions(timeout: .seconds(120)))
                            #expect(reply.payload == payload)
                            held.add(loopback.server.heldBodyBytes - held.value)
                        }
                    }
                }
                try await group.waitForAll()
            }
            isOver.happen()
            let report = try await attacking
            #expect(report.opened >= attack.connections)
            // By flow control: every stream's window, and four long messages; arrays may have twice that room.
            #expect(held.highest <= 2 * (100 * 256 * 1_024 + 16 * 1_024 * 1_024))
            #expect(loopback.server.runningCalls <= 200 * attack.connections)
            await client.channel.close()
            try await loopback.expectHealthy()
            #expect(loopback.server.heldBodyBytes == 0)
        }
    }

    @Test("beside one who begins TLS handshakes as fast as it can, calls are answered and others get in")
    func handshakes() async throws {
        let hello = try TLSEngine(client: TestPKI.shared.clientContext(), serverName: "localhost").takeOutput()
        try await withLoopback(.mutualTLS) { loopback in
            let turns = Counter()
            let isOver = Event()
            defer { isOver.happen() }
            let address = loopback.address
            let first = try loopback.client()
            _ = try await first.unary(EchoRequest([1]))
            async let attacking = Self.pool.run {
                var attacker = Attacker(.handshakes(hello: hello), on: address)
                return try attacker.run {
                    turns.add()
                    return isOver.hasHappened
                }
            }
            let isUnderWay = await eventually { turns.value > 500 }
            #expect(isUnderWay)
            for call in 0..<50 as Range<UInt8> {
                #expect(try await first.unary(EchoRequest([call]), CallOptions(timeout: .seconds(120))).payload == [call])
            }
            let second = try loopback.client()
            #expect(try await second.unary(EchoRequest([2]), CallOptions(timeout: .seconds(120))).payload == [2])
            isOver.happen()
            #expect(try await attacking.opened > 50)
            await first.channel.close()
            await second.channel.close()
            try await loopback.expectHealthy()
        }
    }
}
