import BenchAPI
import Net
import RPC
import TestSupport
import Testing

@Suite("What a policy says of a method's calls", .timeLimit(.minutes(10))) struct MethodPolicyTests {
    private static func policy(_ change: (inout MethodPolicy) -> Void) -> MethodPolicy {
        var policy = MethodPolicy(.public(reason: "A test."))
        change(&policy)
        return policy
    }

    /// How much time a call has on the server, whose client asks for `asked`.
    private func time(_ asked: String?, _ policy: MethodPolicy, named: [String: Duration] = [:]) async throws -> Duration? {
        let remaining = Record<Duration?>()
        let service = ScriptedEcho(onUnary: { request, call in
            remaining.append(call.timeRemaining)
            return EchoReply(request.payload)
        })
        try await withLoopback(.cleartext, [service.governed(by: policy)], { $0.longestTimeouts = named }) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(
                .headers(1, RawFrame.call(RawFrame.unaryPath, [("grpc-timeout", asked)])), .data(1, RawFrame.message([]), end: true))
            #expect(try await raw.reply(1).status == "0")
            try await loopback.expectHealthyAfterClosing(raw)
        }
        return try #require(remaining.all.first)
    }

    @Test(
        "REL-6 · a client that names no timeout gets the policy's, and nobody gets more than its longest",
        arguments: [
            (nil, .seconds(900), .seconds(3_600), .seconds(900)), ("10M", .seconds(900), .seconds(3_600), .seconds(600)),
            ("30M", .seconds(900), .seconds(3_600), .seconds(1_800)), ("2H", .seconds(900), .seconds(3_600), .seconds(3_600)),
            (nil, nil, .seconds(3_600), .seconds(3_600)), ("2H", .seconds(900), nil, .seconds(7_200)), (nil, nil, nil, nil),
        ] as [(String?, Duration?, Duration?, Duration?)])
    func timeouts(asked: String?, timeout: Duration?, longest: Duration?, expected: Duration?) async throws {
        let policy = Self.policy { ($0.timeout, $0.longestTimeout) = (timeout, longest) }
        let given = try await time(asked, policy)
        #expect((given == nil) == (expected == nil))
        // However long the way here took.
        if let given, let expected { #expect(given <= expected && given > expected - .seconds(500)) }
    }

    @Test("the server's configuration may allow less than the policy, not more")
    func operatorsTimeout() async throws {
        let policy = Self.policy { $0.longestTimeout = .seconds(3_600) }
        for (named, expected) in [(1_800, 1_800), (7_200, 3_600)] as [(Int64, Int64)] {
            let given = try #require(try await time("9H", policy, named: ["bench.v1.Echo": .seconds(named)]))
            #expect(given <= .seconds(expected) && given > .seconds(expected - 500))
        }
    }

    @Test("R6: a request longer than the policy allows is refused by its prefix, before a byte of it is kept", arguments: [false, true])
    func requestBytes(isStream: Bool) async throws {
        let policy = Self.policy { $0.requestBytes = 100 }
        try await withLoopback(.cleartext, [EchoService().governed(by: policy)]) { loopback in
            let client = try loopback.client()
            #expect(try await client.unary(EchoRequest(Array(repeating: 1, count: 90))).payload.count == 90)
            let error = try await rpcError { try await client.unary(EchoRequest(Array(repeating: 1, count: 101))) }
            #expect(error.code == .resourceExhausted)
            // The prefix alone says so.
            let raw = try await loopback.raw()
            let path = isStream ? "/bench.v1.Echo/ClientStream" : RawFrame.unaryPath
            try await raw.send(.headers(1, RawFrame.call(path, [])), .data(1, [0, 0, 0, 0, 101]))
            #expect(try await raw.reply(1).status == "\(StatusCode.resourceExhausted.rawValue)")
        }
    }

    @Test("a client's call has the timeout of its method's policy when it names none")
    func clientTimeout() async throws {
        let seen = Record<Duration?>()
        var service = ScriptedEcho()
        service.onUnary = { request, call in
            seen.append(call.timeRemaining)
            return EchoReply(request.payload)
        }
        let method = Method<EchoRequest, EchoReply>(
            service: "bench.v1.Echo", name: "Unary", kind: .unary, policy: Self.policy { $0.timeout = .seconds(900) })
        try await withLoopback(.cleartext, [service]) { loopback in
            let channel = try loopback.client().channel
            _ = try await channel.unary(method, EchoRequest([1]))
            _ = try await channel.unary(method, EchoRequest([1]), CallOptions(timeout: .seconds(7_200)))
        }
        let times = seen.all.compactMap(\.self)
        try #require(times.count == 2)
        #expect(times[0] <= .seconds(900) && times[0] > .seconds(400))
        #expect(times[1] > .seconds(6_000))
    }

    @Test(
        "the channel's retry policy repeats what does no harm: reads, and keyed calls with their key",
        arguments: [
            (.readOnly, false, true), (.keyed, true, true), (.keyed, false, false), (MethodPolicy.Idempotency.none, false, false),
            (MethodPolicy.Idempotency.none, true, false),
        ] as [(MethodPolicy.Idempotency, Bool, Bool)])
    func retries(idempotency: MethodPolicy.Idempotency, hasKey: Bool, isRepeated: Bool) async throws {
        let attempts = Record<Int>()
        var service = ScriptedEcho()
        service.onUnary = { _, call in
            attempts.append(call.previousAttempts)
            throw RPCError(.unavailable, "not now")
        }
        let method = Method<EchoRequest, EchoReply>(
            service: "bench.v1.Echo", name: "Unary", kind: .unary, policy: Self.policy { $0.idempotency = idempotency })
        let metadata = Metadata(hasKey ? [("idempotency-key", "key-00001")] : [])
        let again = try RetryPolicy(maxAttempts: 2, initialBackoff: .milliseconds(1))
        try await withLoopback(.cleartext, [service]) { loopback in
            let channel = try loopback.client { $0.retryPolicy = again }.channel
            _ = try await rpcError { try await channel.unary(method, EchoRequest([1]), CallOptions(metadata: metadata)) }
            #expect(attempts.all == (isRepeated ? [0, 1] : [0]))
            // Who asks for it of one call, or of one method, knows what it does.
            var options = CallOptions(metadata: metadata)
            options.retryPolicy = again
            _ = try await rpcError { try await channel.unary(method, EchoRequest([1]), options) }
            #expect(attempts.all.suffix(2) == [0, 1])
            let named = try loopback.client { $0.methodRetryPolicies = ["bench.v1.Echo/Unary": again] }.channel
            _ = try await rpcError { try await named.unary(method, EchoRequest([1]), CallOptions(metadata: metadata)) }
            #expect(attempts.all.suffix(2) == [0, 1])
        }
    }
}
