import AdminAPI
import AdminServer
import Crypto
import Net
import Postgres
import RPC
import Senders
import StandardTypes
import TestSupport
import Testing

@testable import Platform

/// The administration's services over a real PostgreSQL, reached over a loopback connection, with workers beside them.
struct AdminWorld: Sendable {
    let loops: EventLoopGroup
    let database: Database
    let channel: Channel

    static func with(_ handlers: [JobHandler] = [], _ body: (AdminWorld) async throws -> Void) async throws {
        let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations + SendersSchema.migrations)
        let loops = try EventLoopGroup(count: 2)
        let database = Database(fresh.application, loops: loops.loops)
        let secret = try #require(ServerSecret(Array(0..<32)))
        let log = Log(minimum: .error)
        let server = try Server(
            services: [
                JobAdministration(database: database, secret: secret), Operations(database: database),
                DeliveryAdministration(database: database, secret: secret),
            ],
            interceptors: [MapErrors(log: log), ActAsTenant()], loops: loops)
        let address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
        let world = AdminWorld(loops: loops, database: database, channel: try Channel("\(address)", loop: loops.loops[0]))
        let workers = JobWorkers(database, loops: loops.loops, queues: [JobQueue()], handlers: handlers, log: log)
        // Without handlers nothing runs: workers would take away what a test says is running in a process that does not exist.
        if !handlers.isEmpty { workers.start() }
        let failure: (any Error)?
        do {
            try await body(world)
            failure = nil
        } catch {
            failure = error
        }
        await workers.stop(grace: .zero)
        await world.channel.close()
        await server.drain(grace: .zero)
        await database.shutdown()
        loops.shutdown()
        if let failure { throw failure }
    }

    var jobs: JobServiceClient { JobServiceClient(channel) }
    var deliveries: DeliveryServiceClient { DeliveryServiceClient(channel) }
    var operations: OperationsServiceClient { OperationsServiceClient(channel) }

    func options(_ tenant: String = "a") -> CallOptions {
        CallOptions(metadata: Metadata([("test-tenant", tenant)]), timeout: .seconds(300))
    }

    func scope(_ tenant: String = "a") -> Scope {
        Scope(tenant: tenant, caller: "tester/ada", requestID: "request-1", deadline: .now() + .seconds(300))
    }

    func enqueue(_ jobs: [Job], tenant: String = "a") async throws {
        try await database.batch(scope(tenant)) { batch in
            for job in jobs { batch.enqueue(job) }
        }
    }

    func get(_ id: UUIDv7, tenant: String = "a") async throws(RPCError) -> JobRecord {
        var request = GetJobRequest()
        request.id = id.description
        return try await jobs.getJob(request, options(tenant))
    }

    /// Waits until a job is in a state, which a worker brings about; gives up after minutes.
    func wait(for id: UUIDv7, _ state: JobState) async throws -> JobRecord {
        let deadline = MonotonicTime.now() + .seconds(120)
        while true {
            let job = try await get(id)
            if job.state == state { return job }
            guard .now() < deadline else {
                Issue.record("the job never came to be \(state)")
                throw CancellationError()
            }
            try await loops.loops[0].sleep(for: .milliseconds(5))
        }
    }
}

/// What a client certificate and a token do elsewhere: says whose call it is.
private struct ActAsTenant: ServerInterceptor {
    func intercept(_ call: Call, next: Next) async throws {
        if let tenant = call.metadata["test-tenant"] {
            call[Caller.self] = Caller(service: "tester", subject: "ada", tenant: tenant, scopes: [], tokenID: "1", expires: .max)
        }
        try await next(call)
    }
}

enum AdminJobs {
    static let note = JobKind<StringValue>("test.note", retries: JobRetries(attempts: 2, first: .seconds(3_600)))
    static let other = JobKind<StringValue>("test.other", queue: "other")
    static let fatal = JobKind<StringValue>("test.fatal", retries: .none)
    static let long = JobKind<StringValue>("test.long", retries: .none, kept: .seconds(3_600))
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

extension StringValue {
    init(_ text: String) {
        self.init()
        value = text
    }
}
