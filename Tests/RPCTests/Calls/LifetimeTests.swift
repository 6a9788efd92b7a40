import BenchAPI
import RPC
import Synchronization
import Testing

/// Nothing of a call is kept when it is over.
@Suite("What is kept of a call", .timeLimit(.minutes(5))) struct LifetimeTests {
    private final class Calls: Sendable {
        private struct Held: @unchecked Sendable {
            weak var call: Call?
        }

        private let held = Mutex<[Held]>([])

        func note(_ call: Call) {
            held.withLock { $0.append(Held(call: call)) }
        }

        var seen: Int { held.withLock { $0.count } }
        var alive: Int { held.withLock { $0.count { $0.call != nil } } }
    }

    private func withCalls(_ service: ScriptedEcho, _ body: (EchoClient) async throws -> Void) async throws {
        let calls = Calls()
        let noting = Interceptor { call, next in
            calls.note(call)
            try await next(call)
        }
        try await withLoopback(.cleartext, [service], interceptors: [noting]) { loopback in
            let client = try loopback.client()
            try await body(client)
            #expect(calls.seen > 0)
            // The connection still stands.
            let areGone = await eventually { calls.alive == 0 }
            #expect(areGone, "\(calls.alive) of \(calls.seen) calls are still held")
            #expect(loopback.server.connectionCounts == [1])
        }
    }

    /// Held by the options of a call, and so by the call itself.
    private final class Token: Sendable {}

    @Test("on the client, too, whether it ended well, in an error, in time or not, or was cancelled")
    func client() async throws {
        let waiting = ScriptedEcho(
            onUnary: { request, _ in
                switch request.count {
                case 1: throw RPCError(.aborted, "no")
                case 2: try await Event().wait()
                default: break
                }
                return EchoReply()
            })
        try await withLoopback(.cleartext, [waiting]) { loopback in
            let client = try loopback.client()
            for count in 0..<4 as Range<Int32> {
                weak var held: Token?
                do {
                    let token = Token()
                    held = token
                    let options = CallOptions(timeout: count == 3 ? nil : .seconds(3_600)) { _ in _ = token }
                    let short = CallOptions(timeout: .milliseconds(100)) { _ in _ = token }
                    _ = try? await client.unary(EchoRequest([], count: count), count == 2 ? short : options)
                    for try await _ in try await client.serverStream(EchoRequest([1], count: 3), options) { if count == 0 { break } }
                    try await client.bidiStream(options) { requests, _ in try await requests.send(EchoRequest([])) }
                    let task = Task { try? await client.unary(EchoRequest([], count: 2), options) }
                    task.cancel()
                    _ = await task.value
                }
                let isGone = await eventually { held == nil }
                #expect(isGone, "in round \(count)")
            }
        }
    }

    @Test("after good calls of all kinds")
    func good() async throws {
        try await withCalls(ScriptedEcho()) { client in
            for _ in 0..<5 {
                _ = try await client.unary(EchoRequest([1]))
                for try await _ in try await client.serverStream(EchoRequest([1], count: 3)) {}
                _ = try await client.clientStream { try await $0.send(EchoRequest([1])) }
                try await client.bidiStream { requests, replies in
                    try await requests.send(EchoRequest([1]))
                    requests.finish()
                    for try await _ in replies {}
                }
            }
        }
    }

    @Test("after errors, unknown methods, deadlines that were kept")
    func errors() async throws {
        try await withCalls(ScriptedEcho(onUnary: { _, _ in throw RPCError(.aborted, "no") })) { client in
            let hour = CallOptions(timeout: .seconds(3_600))
            for _ in 0..<5 {
                _ = try await rpcError { try await client.unary(EchoRequest([]), hour) }
                _ = try await rpcError { try await client.channel.unary(path: "/no.Such/Method", message: [], hour) }
                for try await _ in try await client.serverStream(EchoRequest([1], count: 3), hour) {}
            }
        }
    }

    @Test("after calls that were given up")
    func cancelled() async throws {
        let waiting = ScriptedEcho(onUnary: { _, _ in
            try await Event().wait()
            return EchoReply()
        })
        try await withCalls(waiting) { client in
            for _ in 0..<5 {
                _ = try await rpcError { try await client.unary(EchoRequest([]), CallOptions(timeout: .milliseconds(30))) }
                for try await _ in try await client.serverStream(EchoRequest([1], count: 1_000_000)) { break }
                try await client.bidiStream { requests, _ in try await requests.send(EchoRequest([1])) }
            }
        }
    }
}
