import BenchAPI
import StandardTypes
import Testing

@testable import RPC

@Suite("Pushback", .timeLimit(.minutes(10)))
struct PushbackTests {
    private static let options = CallOptions(timeout: .seconds(300))

    @Test(
        "is whole milliseconds, rounded up, or negative for never",
        arguments: [
            (.never, "-1"), (.after(.zero), "0"), (.after(.nanoseconds(1)), "1"), (.after(.milliseconds(1_500)), "1500"),
            (.after(.microseconds(1_500)), "2"), (.after(.milliseconds(-5)), "0"), (.after(.seconds(1 << 40)), "2147483647"),
        ] as [(RPCError.Pushback, String)])
    func text(_ pushback: RPCError.Pushback, _ text: String) {
        #expect(pushback.text == text)
    }

    @Test("what a handler says of trying again goes to its client, as a field and as a detail")
    func told() async throws {
        var service = ScriptedEcho()
        service.onUnary = { request, _ in
            if request.count == 0 { throw RPCError(.unavailable, "not now").tryAgain(after: .milliseconds(2_500)) }
            var error = RPCError(.aborted, "not at all")
            error.pushback = .never
            throw error
        }
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client()
            let later = try await rpcError { try await client.unary(EchoRequest([]), Self.options) }
            #expect(later.code == .unavailable && later.message == "not now")
            #expect(later.pushback == .after(.milliseconds(2_500)))
            #expect(later.cause == nil)
            let wait = later.detail(RetryInfo.self)?.retryDelay
            #expect(wait?.seconds == 2 && wait?.nanos == 500_000_000)
            let never = try await rpcError { try await client.unary(EchoRequest([], count: 1), Self.options) }
            #expect(never.code == .aborted && never.pushback == .never && never.details.isEmpty)
        }
    }

    @Test("a handler knows how often the call was made before; our client's wait is the server's")
    func attempts() async throws {
        let attempts = Record<Int>()
        var service = ScriptedEcho()
        service.onUnary = { request, call in
            attempts.append(call.previousAttempts)
            guard call.previousAttempts == 2 else { throw RPCError(.unavailable, "not now").tryAgain(after: .milliseconds(1)) }
            return EchoReply(request.payload)
        }
        try await withLoopback(.cleartext, [service]) { loopback in
            var options = Self.options
            // Its own wait would be longer than the call may last.
            options.retryPolicy = try RetryPolicy(maxAttempts: 4, initialBackoff: .seconds(3_600), maxBackoff: .seconds(3_600))
            #expect(try await loopback.client().unary(EchoRequest([8]), options).payload == [8])
            #expect(attempts.all == [0, 1, 2])
        }
    }

    @Test("a server that has too much to do says when to come again")
    func overload() async throws {
        try await withLoopback { configuration in
            configuration.limits.runningCalls = 0
        } _: { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([]), Self.options) }
            #expect(error.code == .unavailable && error.pushback == .after(.seconds(1)))
        }
    }
}
