import BenchAPI
import Net
import RPC
import StandardServices
import Testing

/// A server that has all the calls that it takes.
@Suite(.timeLimit(.minutes(5))) struct ReservedCallsTests {
    /// Keeps calls of Echo until their clients give up.
    private struct HoldEchoes: ServerInterceptor {
        func applies(to method: MethodInfo) -> Bool { method.service == "bench.v1.Echo" }

        func intercept(_ call: Call, next: Next) async throws {
            try await call.loop.sleep(for: .seconds(3_600))
        }
    }

    @Test("R5 · A server that is full refuses calls, and answers probes still")
    func probes() async throws {
        let services: [any Service] = [EchoService(), HealthService(services: ["bench.v1.Echo"])]
        try await withLoopback(.cleartext, services, interceptors: [HoldEchoes()], { $0.limits.runningCalls = 10 }) { loopback in
            let client = try loopback.client()
            let held = (0..<9).map { _ in Task { try await client.unary(EchoRequest([1]), CallOptions(timeout: .seconds(600))) } }
            let areRunning = await eventually { loopback.server.runningCalls == 9 }
            #expect(areRunning)
            let error = try await rpcError { try await client.unary(EchoRequest([1]), CallOptions(timeout: .seconds(600))) }
            #expect(error.code == .unavailable)
            #expect(error.pushback == .after(.seconds(1)))
            let reply = try await HealthClient(client.channel).check(HealthCheckRequest(), CallOptions(timeout: .seconds(600)))
            #expect(reply.status == .serving)
            for task in held { task.cancel() }
            for task in held { _ = await task.result }
            await client.channel.close()
        }
    }
}
