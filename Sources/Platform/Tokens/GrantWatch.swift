internal import Crypto
public import Net
public import Postgres
internal import Synchronization

/// Ends what runs under grants in this process when a grant is revoked, its subject is logged out everywhere, or its tenant is suspended:
/// within seconds, by word of the database and by looking now and then.
public final class GrantWatch: Sendable {
    private struct Held {
        let grant: UUIDv7
        let tenant: String
        let ended: @Sendable () -> Void
    }

    private struct State {
        var next = 0
        var held: [Int: Held] = [:]
        var rounds: [Task<Void, Never>] = []
        var isStopping = false
    }

    private let database: Database
    private let loop: EventLoop
    private let log: Log
    private let bell: Bell
    private let state = Mutex(State())

    public init(_ database: Database, on loop: EventLoop, log: Log) {
        self.database = database
        self.loop = loop
        self.log = log
        bell = Bell(on: loop)
    }

    public func start() {
        let rounds = [
            Task(executorPreference: loop) { await self.look() },
            Task(executorPreference: loop) { await self.listen() },
        ]
        state.withLock { $0.rounds = rounds }
    }

    public func stop() async {
        let rounds = state.withLock { state in
            state.isStopping = true
            return state.rounds
        }
        bell.ring()
        for round in rounds { round.cancel() }
        for round in rounds { await round.value }
    }

    /// - Parameter ended: called once, when the grant is good no more.
    /// - Returns: what to `release`.
    func hold(_ grant: UUIDv7, tenant: String, ended: @escaping @Sendable () -> Void) -> Int {
        let name = state.withLock { state in
            state.next += 1
            state.held[state.next] = Held(grant: grant, tenant: tenant, ended: ended)
            return state.next
        }
        // It may have ended since it was last asked for.
        bell.ring()
        return name
    }

    func release(_ name: Int) {
        state.withLock { $0.held[name] = nil }
    }

    private func listen() async {
        for await _ in database.notifications(on: [.identity]) { bell.ring() }
    }

    private func look() async {
        while !state.withLock({ $0.isStopping }) {
            let held = state.withLock { $0.held }
            if !held.isEmpty { await look(held) }
            let isIdle = state.withLock { $0.held.isEmpty }
            await bell.wait(until: isIdle ? .distantFuture : .now() + Limits.grantPoll * Double.random(in: 0.8..<1.2))
        }
    }

    /// One statement for all tenants. While the database cannot be asked everything goes on: it is asked again in a moment.
    private func look(_ held: [Int: Held]) async {
        let scope = Scope(tenant: nil, caller: "tokens", requestID: "tokens", deadline: .now() + Limits.tokenStatement)
        let asked = Set(held.values.map { GrantName(tenant: $0.tenant, id: $0.grant) })
        let live: Set<GrantName>
        do throws(PostgresError) {
            live = Set(try await database.batch(scope) { $0.all(.liveGrants(Array(asked)), as: GrantName.self) })
        } catch {
            return log.write(.warning, "grants_not_checked", ["grants": .number(asked.count), "error": "\(error)"])
        }
        for (name, held) in held where !live.contains(GrantName(tenant: held.tenant, id: held.grant)) {
            if state.withLock({ $0.held.removeValue(forKey: name) }) != nil { held.ended() }
        }
    }
}

/// A grant and whose it is.
struct GrantName: Hashable, Sendable, RowDecodable {
    let tenant: String
    let id: UUIDv7

    init(tenant: String, id: UUIDv7) {
        self.tenant = tenant
        self.id = id
    }

    init(row: Row) throws(PostgresError) {
        tenant = try row["tenant_id"]
        id = try row["id"]
    }
}

extension NotificationChannel {
    /// Tenants, signing keys, revocations, grants: something of these has changed.
    static let identity: NotificationChannel = "switchboard_identity"
}
