import BenchAPI
import Net
import RPC
import Testing

/// Calls that a handler makes of others.
@Suite("What calls in a handler inherit", .timeLimit(.minutes(2))) struct InheritedDeadlineTests {
    /// A server that calls itself: the outer call has an empty payload.
    private func run(
        _ outer: CallOptions, _ change: @escaping @Sendable (inout CallOptions) -> Void = { _ in },
        _ check: (_ outer: Duration?, _ inner: Duration?) throws -> Void
    ) async throws {
        let inner = Record<EchoClient>()
        let left = Record<Duration?>()
        let service = ScriptedEcho(onUnary: { request, call in
            left.append(call.timeRemaining)
            if request.payload.isEmpty, let client = inner.all.first {
                var options = CallOptions()
                change(&options)
                _ = try await client.unary(EchoRequest([1]), options)
            }
            return EchoReply([])
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            inner.append(try loopback.client())
            _ = try await loopback.client().unary(EchoRequest([]), outer)
            try #require(left.all.count == 2)
            try check(left.all[0], left.all[1])
            await inner.all[0].channel.close()
        }
    }

    @Test("the deadline, when it is earlier than their own")
    func inherited() async throws {
        try await run(CallOptions(timeout: .seconds(60))) { outer, inner in
            let (outer, inner) = (try #require(outer), try #require(inner))
            #expect(inner <= outer && inner > .zero)
        }
        try await run(CallOptions(timeout: .seconds(60)), { $0.timeout = .seconds(3_600) }) { outer, inner in
            let left = try #require(inner)
            #expect(left <= .seconds(60))
        }
        try await run(CallOptions(timeout: .seconds(3_600)), { $0.timeout = .seconds(60) }) { outer, inner in
            let left = try #require(inner)
            #expect(left <= .seconds(60))
        }
    }

    @Test("nothing, where there is none or where they are detached")
    func detached() async throws {
        try await run(CallOptions()) { outer, inner in
            #expect(outer == nil && inner == nil)
        }
        try await run(CallOptions(timeout: .seconds(60)), { $0.isDetached = true }) { outer, inner in
            #expect(outer != nil && inner == nil)
        }
    }

    @Test("a deadline may be set for work that no call has asked for")
    func job() async throws {
        let left = Record<Duration?>()
        let service = ScriptedEcho(onUnary: { _, call in
            left.append(call.timeRemaining)
            return EchoReply([])
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client()
            _ = try await CallContext.$current.withValue(CallContext(deadline: .now() + .seconds(60))) {
                try await client.unary(EchoRequest([]))
            }
            #expect(try #require(left.all[0]) <= .seconds(60))
        }
    }

    @Test("a call that was given up begins no other one, even in a task that nobody cancels")
    func cancelled() async throws {
        let inner = Record<EchoClient>()
        let errors = Record<RPCError>()
        let (started, over) = (Event(), Event())
        let service = ScriptedEcho(onUnary: { request, call in
            guard request.payload.isEmpty, let client = inner.all.first else { return EchoReply([]) }
            started.happen()
            await Task {
                _ = await eventually { call.isCancelled }
                do throws(RPCError) { _ = try await client.unary(EchoRequest([1])) } catch { errors.append(error) }
                over.happen()
            }.value
            return EchoReply([])
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            inner.append(try loopback.client())
            let client = try loopback.client()
            let call = Task { try await rpcError { try await client.unary(EchoRequest([]), CallOptions(timeout: .seconds(600))) } }
            try await started.wait()
            call.cancel()
            try await over.wait()
            #expect(errors.all.map(\.code) == [.cancelled])
            _ = try await call.value
            await inner.all[0].channel.close()
        }
    }
}
