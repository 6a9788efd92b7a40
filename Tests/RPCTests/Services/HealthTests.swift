import BenchAPI
import Protobuf
import RPC
import StandardServices
import Testing

@Suite("grpc.health.v1", .timeLimit(.minutes(5))) struct HealthTests {
    private static func request(_ service: String) -> HealthCheckRequest {
        var request = HealthCheckRequest()
        request.service = service
        return request
    }

    private func withHealth(
        _ services: [String] = ["bench.v1.Echo"], _ body: (HealthService, HealthClient, Loopback) async throws -> Void
    ) async throws {
        let health = HealthService(services: services)
        try await withLoopback(.cleartext, [EchoService(), health]) { loopback in
            try await body(health, HealthClient(loopback.client().channel), loopback)
        }
    }

    @Test("the server and each service named are SERVING", arguments: ["", "bench.v1.Echo"])
    func serving(service: String) async throws {
        try await withHealth { _, client, _ in
            let reply = try await client.check(Self.request(service))
            #expect(reply.status == .serving)
        }
    }

    @Test("a service that is not known is NOT_FOUND and named")
    func unknown() async throws {
        try await withHealth { _, client, _ in
            let error = try await rpcError { try await client.check(Self.request("no.Such")) }
            #expect(error.code == .notFound)
            #expect(error.message.contains("no.Such"))
        }
    }

    @Test("a status may be set, and is then told")
    func set() async throws {
        try await withHealth { health, client, _ in
            health.set(.notServing, for: "bench.v1.Echo")
            let echo = try await client.check(Self.request("bench.v1.Echo"))
            #expect(echo.status == .notServing)
            let server = try await client.check(Self.request(""))
            #expect(server.status == .serving)
        }
    }

    @Test("Watch tells the status now, then each that is news, and nothing twice")
    func watch() async throws {
        try await withHealth { health, client, _ in
            var statuses: [HealthService.Status] = []
            for try await reply in try await client.watch(Self.request("bench.v1.Echo")) {
                statuses.append(reply.status)
                switch statuses.count {
                case 1:
                    health.set(.serving, for: "bench.v1.Echo")
                    health.set(.notServing, for: "")
                    health.set(.notServing, for: "bench.v1.Echo")
                case 2: health.set(.serving, for: "bench.v1.Echo")
                default: health.shutDown()
                }
            }
            #expect(statuses == [.serving, .notServing, .serving, .notServing])
        }
    }

    @Test("a drain is told to whoever watches before anything else, and waits for no watcher")
    func draining() async throws {
        let health = HealthService(services: [])
        try await withLoopback(.cleartext, [health]) { configuration in
            configuration.draining = { health.shutDown() }
        } _: { loopback in
            let client = HealthClient(try loopback.client().channel)
            var statuses: [HealthService.Status] = []
            var drain: Task<Void, Never>?
            for try await reply in try await client.watch(Self.request("")) {
                statuses.append(reply.status)
                // An hour of grace would be longer than this test may take.
                drain = drain ?? Task { await loopback.server.drain(grace: .seconds(3_600)) }
            }
            #expect(statuses == [.serving, .notServing])
            await drain?.value
        }
    }

    @Test("Watch of an unknown service is SERVICE_UNKNOWN until it is known")
    func watchUnknown() async throws {
        try await withHealth { health, client, _ in
            var statuses: [HealthService.Status] = []
            for try await reply in try await client.watch(Self.request("later.Service")) {
                statuses.append(reply.status)
                if statuses.count == 2 { break }
                health.set(.serving, for: "later.Service")
            }
            #expect(statuses == [.serviceUnknown, .serving])
        }
    }

    @Test("a watcher that goes away is forgotten, and its call ends")
    func abandoned() async throws {
        try await withHealth { health, client, loopback in
            for try await _ in try await client.watch(Self.request("")) { break }
            let isIdle = await eventually { loopback.server.runningCalls == 0 }
            #expect(isIdle)
            health.set(.notServing)
        }
    }

    @Test("after the shutdown everything is NOT_SERVING for good, and every Watch ends, a new one, too")
    func shutDown() async throws {
        try await withHealth { health, client, _ in
            health.shutDown()
            health.set(.serving, for: "bench.v1.Echo")
            for service in ["", "bench.v1.Echo"] {
                let reply = try await client.check(Self.request(service))
                #expect(reply.status == .notServing)
                var statuses: [HealthService.Status] = []
                for try await reply in try await client.watch(Self.request(service)) { statuses.append(reply.status) }
                #expect(statuses == [.notServing])
            }
        }
    }

    @Test("Watch does not hold up a drain that began with the shutdown")
    func drain() async throws {
        try await withHealth { health, client, loopback in
            let replies = try await client.watch(Self.request(""))
            var iterator = replies.makeAsyncIterator()
            let first = try await iterator.next()
            #expect(first?.status == .serving)
            health.shutDown()
            await loopback.server.drain(grace: .seconds(3_600))
            let second = try await iterator.next()
            #expect(second?.status == .notServing)
            let end = try await iterator.next()
            #expect(end == nil)
        }
    }

    @Test("List tells of all services, and of at most a hundred")
    func list() async throws {
        try await withHealth { health, client, _ in
            health.set(.notServing, for: "bench.v1.Echo")
            let reply = try await client.list(HealthListRequest())
            #expect(reply.statuses.mapValues(\.status) == ["": .serving, "bench.v1.Echo": .notServing])
        }
        try await withHealth((0..<100).map { "service.\($0)" }) { _, client, _ in
            let error = try await rpcError { try await client.list(HealthListRequest()) }
            #expect(error.code == .resourceExhausted)
        }
    }
}
