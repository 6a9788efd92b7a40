import Crypto
import Net
import Protobuf
import RPC
import StandardServices
import Synchronization
import TestSupport
import Testing

@testable import Platform

/// Probes over real TLS, and what is asked because of them.
@Suite(.timeLimit(.minutes(5))) struct ReadinessTests {
    /// What the work needs, and how often it was asked.
    private final class Need: Sendable {
        private let state = Mutex<(reason: String?, count: Int)>((nil, 0))

        var reason: String? {
            get { state.withLock { $0.reason } }
            set { state.withLock { $0.reason = newValue } }
        }
        var count: Int { state.withLock { $0.count } }

        func ask() -> String? {
            state.withLock { state in
                state.count += 1
                return state.reason
            }
        }
    }

    @Test(
        "R5 · A hundred probes for readiness ask the database at most once, those for liveness never; both say SERVING or not, and no more")
    func probes() async throws {
        let loops = try EventLoopGroup(count: 1)
        let health = HealthService(services: ["lead", ReadinessProbe.liveness])
        let need = Need()
        let probe = ReadinessProbe(health, services: ["lead"], log: Log(minimum: .error)) { need.ask() }
        let server = try Server(
            services: [health], interceptors: [RequireCertificate(trustDomain: TestPKI.trustDomain)],
            configuration: Server.Configuration(tls: try TestPKI.shared.serverContext()), loops: loops)
        let address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
        var configuration = Channel.Configuration()
        configuration.tls = try TestPKI.shared.clientContext()
        let channel = try Channel("\(address)", configuration: configuration)
        let client = HealthClient(channel)
        func statuses(_ service: String) async throws -> Set<Int32> {
            var found: Set<Int32> = []
            for _ in 0..<100 {
                var request = HealthCheckRequest()
                request.service = service
                let reply = try await client.check(request, CallOptions(timeout: .seconds(240)))
                found.insert(reply.status.rawValue)
                // A tag and a status: nothing of why.
                #expect(reply.encoded().count <= 2)
            }
            return found
        }
        let (serving, not) = (HealthCheckResponse.ServingStatus.serving.rawValue, HealthCheckResponse.ServingStatus.notServing.rawValue)
        for service in ["", "lead", ReadinessProbe.liveness] { #expect(try await statuses(service) == [serving]) }
        #expect(need.count == 0)
        need.reason = "the relation \"lead\" does not exist"
        await probe.look()
        #expect(need.count == 1)
        #expect(try await statuses("") == [not])
        #expect(try await statuses("lead") == [not])
        #expect(try await statuses(ReadinessProbe.liveness) == [serving])
        #expect(need.count == 1)
        #expect(probe.latest.reason == need.reason)
        need.reason = nil
        await probe.look()
        #expect(try await statuses("lead") == [serving])
        #expect(probe.latest.reason == nil && need.count == 2)
        #expect(Limits.readinessInterval >= .seconds(1))
        await channel.close()
        await server.drain(grace: .zero)
        loops.shutdown()
    }
}
