import LeadAPI
import LeadServer
import Net
import Platform
import Postgres
import RPC
import StandardTypes
import TestSupport
import Testing

/// The lead service over a real PostgreSQL, reached over a loopback connection. Tests share one, since each has a tenant of its own.
struct LeadWorld: Sendable {
    let database: TestDatabase
    /// As the role that serves.
    let connections: Database
    /// As a superuser, whom row-level security does not hold.
    let administration: Database
    let channel: RPC.Channel

    private static let sharedStart = Task { try await LeadWorld(TestCluster.shared()) }

    static func shared() async throws -> LeadWorld { try await sharedStart.value }

    /// - Parameter configuration: how the service connects, where it is not as usual.
    init(_ cluster: TestCluster, loops count: Int = 2, _ configuration: (TestDatabase) -> Database.Configuration = { $0.application })
        async throws
    {
        database = try await cluster.freshDatabase(PlatformSchema.migrations + LeadSchema.migrations)
        let loops = try EventLoopGroup(count: count)
        connections = Database(configuration(database), loops: loops.loops)
        administration = Database(database.administrator, loops: loops.loops)
        let secret = try #require(ServerSecret(Array(0..<32)))
        service = Leads(database: connections, secret: secret, zones: try TimeZoneNames())
        let server = try Server(
            services: [service],
            interceptors: [MapErrors(log: Log(minimum: .error)), ActAsTenant(), RequireIdempotencyKey()], loops: loops)
        let address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
        channel = try RPC.Channel("\(address)", loop: loops.loops[0])
        self.server = server
    }

    let service: Leads
    private let server: Server

    /// A tenant that no other test has.
    func tenant() -> Tenant { Tenant(name: "tenant-\(UInt64.random(in: 0 ... .max))", world: self) }
}

/// What a client certificate and a token do elsewhere: says whose call it is.
struct ActAsTenant: ServerInterceptor {
    func intercept(_ call: Call, next: Next) async throws {
        if let tenant = call.metadata["test-tenant"] {
            call[Caller.self] = Caller(service: "tester", subject: "ada", tenant: tenant, scopes: [], tokenID: "1", expires: .max)
        }
        try await next(call)
    }
}

/// One tenant and its calls.
struct Tenant: Sendable {
    let name: String
    let world: LeadWorld

    var client: LeadServiceClient { LeadServiceClient(world.channel) }

    func options(key: String? = nil) -> CallOptions {
        var metadata = Metadata([("test-tenant", name)])
        if let key { metadata.append("idempotency-key", key) }
        return CallOptions(metadata: metadata, timeout: .seconds(300))
    }

    static func newKey() -> String { "key-\(UInt64.random(in: 0 ... .max))" }

    func create(_ lead: Lead, key: String = newKey()) async throws(RPCError) -> Lead {
        var request = CreateLeadRequest()
        request.lead = lead
        return try await client.createLead(request, options(key: key))
    }

    func get(_ id: String) async throws(RPCError) -> Lead {
        var request = GetLeadRequest()
        request.id = id
        return try await client.getLead(request, options())
    }

    func update(_ lead: Lead, _ paths: [String], etag: String? = nil) async throws(RPCError) -> Lead {
        var request = UpdateLeadRequest()
        request.lead = lead
        request.updateMask = FieldMask()
        request.updateMask?.paths = paths
        request.etag = etag ?? lead.etag
        return try await client.updateLead(request, options())
    }

    func delete(_ id: String, etag: String) async throws(RPCError) {
        var request = DeleteLeadRequest()
        request.id = id
        request.etag = etag
        _ = try await client.deleteLead(request, options())
    }

    func list(_ change: (inout ListLeadsRequest) -> Void = { _ in }) async throws(RPCError) -> ListLeadsReply {
        var request = ListLeadsRequest()
        change(&request)
        return try await client.listLeads(request, options())
    }

    func batchGet(_ ids: [String]) async throws(RPCError) -> BatchGetLeadsReply {
        var request = BatchGetLeadsRequest()
        request.ids = ids
        return try await client.batchGetLeads(request, options())
    }

    /// All leads that an export gives.
    func export(_ filter: LeadFilter? = nil) async throws -> [Lead] {
        var request = ExportLeadsRequest()
        request.filter = filter
        var leads: [Lead] = []
        for try await lead in try await client.exportLeads(request, options()) { leads.append(lead) }
        return leads
    }

    func importLeads(
        _ importID: String, _ leads: [Lead], onConflict: ImportConflict = .unspecified, source: String = ""
    ) async throws(RPCError) -> ImportReport {
        var header = ImportHeader()
        header.importID = importID
        header.onConflict = onConflict
        header.source = source
        let parts: [ImportLeadsRequest.Part] = [.header(header)] + leads.map { .row($0) }
        return try await send(parts)
    }

    func send(_ parts: [ImportLeadsRequest.Part?]) async throws(RPCError) -> ImportReport {
        try await client.importLeads(options()) { outbound in
            for part in parts {
                var request = ImportLeadsRequest()
                request.part = part
                try await outbound.send(request)
            }
        }
    }

    /// A number that the superuser counts.
    func count(_ statement: SQL) async throws -> Int {
        try await world.administration.batch(scope) { $0.one(statement, as: Int.self) }
    }

    var scope: Scope { Scope(tenant: name, caller: "tester/ada", requestID: "test", deadline: .now() + .seconds(300)) }
}

extension Lead {
    /// One of many: different from all others by its number.
    static func numbered(_ number: Int, _ change: (inout Lead) -> Void = { _ in }) -> Lead {
        var lead = Lead()
        lead.firstName = "First \(number)"
        lead.lastName = "Last"
        lead.email = "lead-\(number)@example.com"
        change(&lead)
        return lead
    }
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
