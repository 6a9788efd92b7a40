import BenchAPI
import RPC
import TestSupport
import Testing

@Suite("Chains of interceptors", .timeLimit(.minutes(5))) struct InterceptorChainTests {
    /// Notes that a call came by, and refuses it when it has something to refuse it with.
    private struct Guard: CallGuard {
        let name: String
        let record: Record<String>
        var refusal: RPCError?
        var method: String?

        func applies(to method: MethodInfo) -> Bool { self.method == nil || self.method == method.name }

        func admit(_ call: Call) throws {
            record.append(name)
            if let refusal { throw refusal }
        }
    }

    private struct Funnel: ErrorFunnel {
        let name: String

        func status(of error: any Error, _ call: Call) -> RPCError {
            RPCError((error as? RPCError)?.code ?? .internal, "\(name)(\((error as? RPCError)?.message ?? "\(error)"))")
        }
    }

    private func failure(_ interceptors: [any ServerInterceptor], _ service: any Service = EchoService()) async throws -> RPCError {
        var error = RPCError(.unknown, "")
        try await withLoopback(.cleartext, [service], interceptors: interceptors) { loopback in
            error = try await rpcError { try await loopback.client().unary(EchoRequest([])) }
        }
        return error
    }

    @Test("guards and interceptors take their turns in the order given, and who is behind a refusal is not asked")
    func order() async throws {
        let record = Record<String>()
        let wrapping = Interceptor { call, next in
            record.append("b in")
            defer { record.append("b out") }
            try await next(call)
        }
        let refusal = RPCError(.permissionDenied, "no")
        let error = try await failure([
            Guard(name: "a", record: record), wrapping, Guard(name: "c", record: record),
            Guard(name: "d", record: record, refusal: refusal), Guard(name: "e", record: record),
        ])
        #expect(error.code == .permissionDenied)
        #expect(record.all == ["a", "b in", "c", "d", "b out"])
    }

    @Test("one that does not apply to a method does not see its calls, but those of unknown methods")
    func applying() async throws {
        let record = Record<String>()
        let interceptors = [
            Guard(name: "unary", record: record, method: "Unary"), Guard(name: "stream", record: record, method: "ServerStream"),
        ]
        try await withLoopback(.cleartext, interceptors: interceptors) { loopback in
            let client = try loopback.client()
            _ = try await client.unary(EchoRequest([]))
            #expect(record.all == ["unary"])
            for try await _ in try await client.serverStream(EchoRequest([])) {}
            #expect(record.all == ["unary", "stream"])
            _ = try await rpcError { try await client.channel.unary(path: "/no.Such/Method", message: []) }
            #expect(record.all == ["unary", "stream", "unary", "stream"])
        }
    }

    @Test("a funnel words the errors of those behind it and of the handler, the innermost first, and no other")
    func funnels() async throws {
        let record = Record<String>()
        let refusal = RPCError(.permissionDenied, "no")
        let refusing = Guard(name: "", record: record, refusal: refusal)
        let pass = Interceptor { call, next in try await next(call) }
        #expect(try await failure([Funnel(name: "a"), pass, Funnel(name: "b"), refusing]).message == "a(b(no))")
        #expect(try await failure([Funnel(name: "a"), refusing, Funnel(name: "b")]).message == "a(no)")
        #expect(try await failure([refusing, Funnel(name: "a")]).message == "no")
        let failing = ScriptedEcho(onUnary: { _, _ in throw RPCError(.aborted, "again") })
        #expect(
            try await failure([Funnel(name: "a"), Guard(name: "", record: record), Funnel(name: "b")], failing).message == "a(b(again))")
    }

    @Test("a funnel words that there is no such method")
    func unknownMethod() async throws {
        try await withLoopback(.cleartext, interceptors: [Funnel(name: "a")]) { loopback in
            let error = try await rpcError { try await loopback.client().channel.unary(path: "/no.Such/Method", message: []) }
            #expect(error.code == .unimplemented)
            #expect(error.message.hasPrefix("a("))
        }
    }
}
