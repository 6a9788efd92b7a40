import BenchAPI
import RPC
import StandardServices
import TestSupport
import Testing

@Suite("Policies of methods", .timeLimit(.minutes(5))) struct GovernedServiceTests {
    private static let policy = MethodPolicy(.scopes(["bench:echo"]), rateClass: .ingest, executor: .threads)

    private func strict(_ services: [any Service]) throws -> Server {
        var configuration = Server.Configuration()
        configuration.requiresPolicies = true
        return try Server(services: services, configuration: configuration)
    }

    @Test("a server that demands policies takes no service with a method that has none, and says which")
    func refused() throws {
        let error = #expect(throws: RPCError.self) { try strict([EchoService()]) }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.message.hasPrefix("bench.v1.Echo/BidiStream and 3 more have no policy") == true, "\(error?.message ?? "")")
        #expect(throws: RPCError.self) { try strict([EchoService().governed(by: Self.policy), HealthService()]) }
    }

    @Test("it takes one that is given a policy, and calls of it are calls under that policy")
    func governed() async throws {
        let service = EchoService().governed(by: Self.policy)
        #expect(type(of: service).serviceName == "bench.v1.Echo")
        let seen = Record<MethodPolicy?>()
        let wrapping = Interceptor { call, next in
            seen.append(call.method?.policy)
            try await next(call)
        }
        try await withLoopback(.cleartext, [service], interceptors: [wrapping]) { configuration in
            configuration.requiresPolicies = true
        } _: { loopback in
            let reply = try await loopback.client().unary(EchoRequest([1, 2]))
            #expect(reply.payload == [1, 2])
        }
        #expect(seen.all == [Self.policy])
    }

    @Test("a .proto's policy comes with the generated method, for servers and for clients")
    func declared() {
        #expect(
            WorkMethods.compute.info.policy
                == MethodPolicy(.public(reason: "A benchmark serves whoever connects."), executor: .threads))
        #expect(WorkMethods.computeOnLoop.info.policy?.executor == .loop)
        #expect(EchoMethods.unary.info.policy == nil)
    }
}
