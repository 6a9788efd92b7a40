import Net
import Protobuf
import RPC
import StandardTypes
import Synchronization
import Testing
import Validation

/// Rules in the way of a call.
struct CallTests {
    @Test(
        "a request that breaks a rule never reaches its handler",
        arguments: [MethodKind.unary, .serverStreaming, .clientStreaming, .bidirectional])
    func refusal(kind: MethodKind) async throws {
        try await withServer { client, handled in
            let error = try await #require(throws: RPCError.self) { try await call(kind, client, [leaf("x")]) }
            #expect(error.code == .invalidArgument)
            #expect(error.message == "A field of the message breaks a rule. name: It must have at least 2 characters.")
            let violations = try #require(error.detail(BadRequest.self)).fieldViolations
            #expect(violations.map(\.field) == ["name"])
            #expect(violations.map(\.reason) == ["string.min_len"])
            #expect(handled.names.isEmpty)
        }
    }

    @Test("a request that keeps the rules does", arguments: [MethodKind.unary, .serverStreaming, .clientStreaming, .bidirectional])
    func passage(kind: MethodKind) async throws {
        try await withServer { client, handled in
            try await call(kind, client, [leaf("fine")])
            #expect(handled.names == ["fine"])
        }
    }

    @Test("each message of a stream is looked at when it comes", arguments: [MethodKind.clientStreaming, .bidirectional])
    func streams(kind: MethodKind) async throws {
        try await withServer { client, handled in
            let error = try await #require(throws: RPCError.self) {
                try await call(kind, client, [leaf("first"), leaf("second"), leaf("")])
            }
            #expect(error.code == .invalidArgument)
            #expect(handled.names == ["first", "second"])
        }
    }

    @Test("a client may look before it calls")
    func client() {
        #expect(throws: ValidationError.self) { try leaf("x").validate(now: Timestamp()) }
    }

    private func leaf(_ name: String) -> Leaf { Leaf.with { $0.name = name } }

    private func call(_ kind: MethodKind, _ client: CheckedClient, _ requests: [Leaf]) async throws {
        let options = CallOptions(timeout: .seconds(60))
        switch kind {
        case .unary: _ = try await client.unary(requests[0], options)
        case .serverStreaming: for try await _ in try await client.serverStream(requests[0], options) {}
        case .clientStreaming: _ = try await client.clientStream(options) { for request in requests { try await $0.send(request) } }
        case .bidirectional:
            try await client.bidiStream(options) { outbound, inbound in
                for request in requests { try await outbound.send(request) }
                outbound.finish()
                for try await _ in inbound {}
            }
        }
    }

    private func withServer(_ body: (CheckedClient, Handled) async throws -> Void) async throws {
        let handled = Handled()
        let loops = try EventLoopGroup(count: 1)
        let loop = try EventLoop(name: "client")
        defer {
            loops.shutdown()
            loop.shutdown()
        }
        let server = try Server(services: [handled], loops: loops)
        let address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
        let client = CheckedClient(try Channel("\(address)", loop: loop))
        do {
            try await body(client, handled)
        } catch {
            await server.drain(grace: .zero)
            throw error
        }
        await client.channel.close()
        await server.drain(grace: .zero)
    }
}

/// Notes what it is given.
private final class Handled: Checked {
    private let seen = Mutex<[String]>([])

    var names: [String] { seen.withLock { $0 } }

    private func note(_ leaf: Leaf) { seen.withLock { $0.append(leaf.name) } }

    func unary(_ request: Leaf, _ call: Call) async throws -> Plain {
        note(request)
        return Plain()
    }

    func serverStream(_ request: Leaf, _ call: Call, _ replies: Outbound<Plain>) async throws { note(request) }

    func clientStream(_ requests: Inbound<Leaf>, _ call: Call) async throws -> Plain {
        for try await request in requests { note(request) }
        return Plain()
    }

    func bidiStream(_ requests: Inbound<Leaf>, _ call: Call, _ replies: Outbound<Plain>) async throws {
        for try await request in requests { note(request) }
    }
}
