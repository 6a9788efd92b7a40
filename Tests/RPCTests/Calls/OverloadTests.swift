import BenchAPI
import RPC
import StandardTypes
import Testing

@Suite("More calls than are served at once", .timeLimit(.minutes(1))) struct OverloadTests {
    /// A handler that is cancelled and does not return before `released`.
    private static func stubborn(_ started: Counter, _ released: Event) -> ScriptedEcho {
        ScriptedEcho(onUnary: { request, _ in
            guard request.payload.isEmpty else { return EchoReply(request.payload) }
            started.add()
            await Task.detached { try? await released.wait() }.value
            return EchoReply()
        })
    }

    @Test("handlers of calls that were reset count until they return; then all is as before", arguments: [true, false])
    func resets(isPerConnection: Bool) async throws {
        let started = Counter()
        let released = Event()
        try await withLoopback(
            .cleartext, [Self.stubborn(started, released)],
            { if isPerConnection { $0.limits.runningCallsPerConnection = 3 } else { $0.limits.runningCalls = 3 } }
        ) { loopback in
            let raw = try await loopback.raw()
            for stream in [1, 3, 5] as [UInt32] {
                try await raw.send(.headers(stream, RawFrame.call()), .data(stream, RawFrame.message([]), end: true))
                let hasStarted = await eventually { started.value == Int(stream + 1) / 2 }
                #expect(hasStarted)
                try await raw.send(.reset(stream))
            }
            try await raw.send(.headers(7, RawFrame.call()), .data(7, RawFrame.message([]), end: true))
            let refused = try await raw.reply(7)
            #expect(refused.status == (isPerConnection ? "8" : "14"))
            #expect(refused.header("grpc-status-details-bin") != nil)
            #expect(started.value == 3)
            // Another client is none the worse for one connection's calls.
            let other = try loopback.client()
            if isPerConnection {
                #expect(try await other.unary(EchoRequest([1])).payload == [1])
            } else {
                let error = try await rpcError { try await other.unary(EchoRequest([1])) }
                #expect(error.code == .unavailable)
                #expect(error.detail(RetryInfo.self)?.retryDelay?.seconds == 1)
            }
            released.happen()
            let haveReturned = await eventually { loopback.server.runningCalls == 0 }
            #expect(haveReturned)
            #expect(try await other.unary(EchoRequest([1])).payload == [1])
            await other.channel.close()
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }
}
