import HTTP2
import Net
import Testing

@testable import RPC

@Suite("What a channel keeps", .timeLimit(.minutes(5))) struct ConnectorTests {
    @Test("calls that gave up while no stream was free do not gather")
    func waiting() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let server = try await ScriptedServer.start(on: loop, greeting: [])
        let target = try Target("\(server.address)")
        let counts = try await loop.run {
            let connector = Connector(target: target, configuration: Channel.Configuration(), loop: loop)
            for _ in 0..<10_000 { connector.withConnection { _ in }.cancel() }
            let (left, failed) = (connector.waiting.count, Counter())
            for _ in 0..<5 { connector.withConnection { if case .failure = $0 { failed.add() } } }
            connector.close()
            return (left, failed.value, connector.waiting.count)
        }
        #expect(counts.0 <= 128)
        #expect(counts.1 == 5)
        #expect(counts.2 == 0)
        try await server.stop()
    }

    @Test("a connection that was lost, or given up, is freed", arguments: [true, false])
    func freed(isLost: Bool) async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let server = try await ScriptedServer.start(on: loop)
        let target = try Target("\(server.address)")
        let connector = try await loop.run {
            Confined(Connector(target: target, configuration: Channel.Configuration(), loop: loop), to: loop)
        }
        let connection = Confined(Weak<HTTPClientConnection>(), to: loop)
        await withCheckedContinuation { continuation in
            loop.execute {
                connector.value.withConnection { result in
                    connection.value.object = try? result.get()
                    continuation.resume()
                }
            }
        }
        let wasThere = try await loop.run { connection.value.object != nil }
        #expect(wasThere)
        if isLost { try await server.stop() } else { try await loop.run { connector.value.close() } }
        let isFreed = await eventually { (try? await loop.run { connection.value.object == nil }) == true }
        #expect(isFreed)
        if !isLost { try await server.stop() }
    }
}

/// Sees whether somebody still holds an object.
final class Weak<Object: AnyObject> {
    weak var object: Object?
}
