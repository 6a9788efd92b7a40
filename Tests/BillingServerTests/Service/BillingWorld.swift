import BillingAPI
import Net
import Platform
import Postgres
import RPC
import Resources
import Senders
import StandardTypes
import TestSupport
import Testing

@testable import BillingServer

/// All services of billing over a real PostgreSQL, reached over a loopback connection. Tests share one, since each has a tenant of its own.
struct BillingWorld: Sendable {
    let database: TestDatabase
    /// As the role that serves.
    let connections: Database
    /// As a superuser, whom row-level security does not hold.
    let administration: Database
    let channel: RPC.Channel
    let office: Office
    private let server: Server

    private static let sharedStart = Task { try await BillingWorld(TestCluster.shared()) }

    static func shared() async throws -> BillingWorld { try await sharedStart.value }

    /// - Parameters:
    ///   - clock: what time it is, where that is not as usual.
    ///   - mailbox: whom mails come from.
    ///   - connect: how the services reach their database.
    init(
        _ cluster: TestCluster, loops count: Int = 2, clock: BillingClock = .system, mailbox: Mailbox? = nil,
        connect: (TestDatabase) -> Database.Configuration = \.application
    ) async throws {
        database = try await cluster.freshDatabase(PlatformSchema.migrations + SendersSchema.migrations + BillingSchema.migrations)
        let loops = try EventLoopGroup(count: count)
        // All suites are at it at once, on what may be a slow machine: who waits for a connection gets one in the end.
        var configuration = connect(database)
        configuration.longestWait = .seconds(300)
        configuration.waitersPerLoop = 10_000
        connections = Database(configuration, loops: loops.loops)
        administration = Database(database.administrator, loops: loops.loops)
        office = Office(database: connections, secret: try #require(ServerSecret(Array(0..<32))), clock: clock, mailbox: mailbox)
        let server = try Server(
            services: Billing(office).services,
            interceptors: [MapErrors(log: Log(minimum: .error)), ActAsTester(), RequireIdempotencyKey()], loops: loops)
        let address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
        channel = try RPC.Channel("\(address)", loop: loops.loops[0])
        self.server = server
    }

    /// One whose services have a single connection, with a proxy before it that counts what goes through.
    static func behindProxy() async throws -> (world: BillingWorld, proxy: PostgresProxy) {
        let cluster = try await TestCluster.shared()
        let proxy = try cluster.proxy()
        let world = try await BillingWorld(cluster, loops: 1) { database in
            var configuration = proxy.application(database)
            configuration.connectionsPerLoop = 1
            return configuration
        }
        return (world, proxy)
    }

    /// How many circles of transactions that wait for each other the database has had to break.
    func deadlocks() async throws -> Int {
        try await tenant().count("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    }

    /// A tenant that no other test has.
    func tenant() -> BillingTenant { BillingTenant(name: "tenant-\(UInt64.random(in: 0 ... .max))", world: self) }
}

/// What a client certificate and a token do elsewhere: says whose call it is, and what they may.
struct ActAsTester: ServerInterceptor {
    func intercept(_ call: Call, next: Next) async throws {
        if let tenant = call.metadata["test-tenant"] {
            let scopes = (call.metadata["test-scopes"] ?? "").split(separator: " ").map(String.init)
            call[Caller.self] = Caller(
                service: "tester", subject: call.metadata["test-subject"] ?? "ada", tenant: tenant, scopes: Set(scopes), tokenID: "1",
                expires: .max)
        }
        try await next(call)
    }
}

/// One tenant and how it calls.
struct BillingTenant: Sendable {
    let name: String
    let world: BillingWorld
    /// Who calls, and with which scopes.
    var subject = "ada"
    var scopes: Set<String> = []

    func options(key: String? = nil) -> CallOptions {
        var metadata = Metadata([("test-tenant", name), ("test-subject", subject), ("test-scopes", scopes.sorted().joined(separator: " "))])
        if let key { metadata.append("idempotency-key", key) }
        return CallOptions(metadata: metadata, timeout: .seconds(300))
    }

    static func newKey() -> String { "key-\(UInt64.random(in: 0 ... .max))" }

    func acting(as subject: String, with scopes: Set<String> = []) -> BillingTenant {
        BillingTenant(name: name, world: world, subject: subject, scopes: scopes)
    }

    var tax: TaxServiceClient { TaxServiceClient(world.channel) }

    /// In Maharashtra, registered.
    @discardableResult
    func sell(_ change: (inout BillingAPI.Seller) -> Void = { _ in }) async throws(RPCError) -> BillingAPI.Seller {
        var request = SetSellerRequest()
        var seller = BillingAPI.Seller()
        seller.legalName = "Acme Traders"
        seller.gstin = "27AAPFU0939F1ZV"
        change(&seller)
        request.seller = seller
        return try await tax.setSeller(request, options())
    }

    /// A number that the superuser counts.
    func count(_ statement: SQL) async throws -> Int {
        try await world.administration.batch(scope) { $0.one(statement, as: Int.self) }
    }

    var scope: Scope { Scope(tenant: name, caller: "tester/\(subject)", requestID: "test", deadline: .now() + .seconds(300)) }
}

/// What a call was refused with; nil when it was not.
func refusal<Result>(_ call: () async throws -> Result) async -> RPCError? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error as? RPCError
    }
}

extension RPCError {
    /// The paths of a `google.rpc.BadRequest`.
    var violatedFields: [String] { detail(BadRequest.self)?.fieldViolations.map(\.field) ?? [] }
}
