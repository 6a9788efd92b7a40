import AdminAPI
import AdminServer
import Crypto
import Net
import Postgres
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import Platform

/// SetQuota and GetQuotaUsage over a real PostgreSQL, with calls that are judged by them.
@Suite struct QuotaMethodTests {
    private struct World: Sendable {
        let loops: EventLoopGroup
        let database: Database
        let quotas = Quotas()
        let leases: QuotaLeases
        let client: AdminServiceClient
    }

    private func with(_ body: (World) async throws -> Void) async throws {
        let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations)
        let loops = try EventLoopGroup(count: 1)
        let database = Database(fresh.application, loops: loops.loops)
        let quotas = Quotas()
        let log = Log(minimum: .error)
        let leases = QuotaLeases(quotas, database, name: "test", on: loops.loops[0], log: log, patience: .seconds(300))
        let secret = try #require(ServerSecret(Array(0..<32)))
        let issuer = TokenIssuer(
            database: database, ring: KeyRing(), proof: SigningKeyProof(try #require(ServerSecret(Array(0..<32)))), issuer: "test")
        let server = try Server(
            services: [Administration(database: database, issuer: issuer, services: ServiceDirectory([]), quotas: leases, secret: secret)],
            interceptors: [MapErrors(log: log), ActAsTester(), LimitCalls(quotas)], loops: loops)
        let address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
        let channel = try Channel("\(address)", loop: loops.loops[0])
        let failure: (any Error)?
        do {
            try await body(World(loops: loops, database: database, leases: leases, client: AdminServiceClient(channel)))
            failure = nil
        } catch {
            failure = error
        }
        await channel.close()
        await server.drain(grace: .zero)
        await database.shutdown()
        loops.shutdown()
        if let failure { throw failure }
    }

    private struct ActAsTester: CallGuard {
        func admit(_ call: Call) throws {
            call[Caller.self] = Caller(
                service: "tester", subject: call.metadata["test-subject"] ?? "root", tenant: "platform", scopes: [], tokenID: "1",
                expires: .max)
        }
    }

    private static let options = CallOptions(timeout: .seconds(300))

    private static func request(
        _ kind: QuotaKind, tenant: String = "", name: String = "", _ quotaClass: AdminAPI.QuotaClass, _ perPeriod: Int64?,
        burst: Int64? = nil
    ) -> SetQuotaRequest {
        var request = SetQuotaRequest()
        request.kind = kind
        request.tenant = tenant
        request.name = name
        request.quotaClass = quotaClass
        request.perPeriod = perPeriod
        request.burst = burst
        return request
    }

    @Test("SEC-9 · A quota that is set counts for the next call, is told, and is gone when it is taken back")
    func set() async throws {
        try await with { world in
            let set = Self.request(.principal, tenant: "platform", name: "ada", .admin, 7, burst: 2)
            let setting = try await world.client.setQuota(set, Self.options)
            #expect(setting.perPeriod == 7 && setting.burst == 2 && setting.name == "ada")
            var ask = GetQuotaUsageRequest()
            ask.kind = .principal
            ask.tenant = "platform"
            ask.name = "ada"
            let asAda = CallOptions(metadata: Metadata([("test-subject", "ada")]), timeout: .seconds(300))
            _ = try await world.client.getQuotaUsage(ask, asAda)
            let usage = try await world.client.getQuotaUsage(ask, asAda).usages.first { $0.quotaClass == .admin }
            #expect(usage?.perPeriod == 7 && usage?.burst == 2 && usage?.grantedHere == 2)
            #expect(usage?.remainingHere == 0)
            let refused = await refusal { try await world.client.getQuotaUsage(ask, asAda) }
            #expect(refused?.code == .resourceExhausted)
            #expect(refused?.detail(QuotaFailure.self)?.violations.map(\.subject) == ["principal:platform/ada"])
            #expect((1...9).contains(refused?.detail(RetryInfo.self)?.retryDelay?.seconds ?? 0))
            let back = try await world.client.setQuota(
                Self.request(.principal, tenant: "platform", name: "ada", .admin, nil), Self.options)
            #expect(back.perPeriod == 30 && back.burst == 30)
            _ = try await world.client.getQuotaUsage(ask, asAda)
        }
    }

    @Test("One for all of a kind counts for those who have none of their own")
    func common() async throws {
        try await with { world in
            _ = try await world.client.setQuota(Self.request(.service, .read, 5), Self.options)
            var ask = GetQuotaUsageRequest()
            ask.kind = .service
            ask.name = "prober"
            let usages = try await world.client.getQuotaUsage(ask, Self.options).usages
            #expect(usages.count == 8)
            #expect(usages.first { $0.quotaClass == .read }?.burst == 5)
            #expect(usages.first { $0.quotaClass == .write }?.burst == 20_000)
            // In a tenant it has one of its own.
            _ = try await world.client.setQuota(Self.request(.service, tenant: "acme", name: "prober", .read, 9), Self.options)
            ask.tenant = "acme"
            #expect(try await world.client.getQuotaUsage(ask, Self.options).usages.first { $0.quotaClass == .read }?.burst == 9)
            ask.tenant = ""
            #expect(try await world.client.getQuotaUsage(ask, Self.options).usages.first { $0.quotaClass == .read }?.burst == 5)
        }
    }

    @Test(
        "What is no subject or no quota is refused, and the field named",
        arguments: [
            (request(.principal, tenant: "acme", .read, 5), "name"), (request(.principal, name: "ada", .read, 5), "tenant"),
            (request(.tenant, tenant: "acme", name: "ada", .read, 5), "name"),
            (request(.service, tenant: "acme", .read, 5), "name"),
            (request(.principal, tenant: "acme", name: "ada", .read, nil, burst: 5), "per_period"),
        ])
    func invalid(_ request: SetQuotaRequest, _ field: String) async throws {
        try await with { world in
            let error = await refusal { try await world.client.setQuota(request, Self.options) }
            #expect(error?.code == .invalidArgument)
            #expect(error?.detail(BadRequest.self)?.fieldViolations.map(\.field) == [field])
        }
    }
}
