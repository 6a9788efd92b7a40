public import Net
internal import Synchronization

/// PostgreSQL for all loops of a process: a small pool of connections on each.
///
/// A call made on a loop uses that loop's connections; one made elsewhere goes to the loops in turn. Connections are opened on demand.
public final class Database: Sendable {
    public let configuration: Configuration
    /// What committed transactions have announced.
    public let announcements = Announcements()
    let pools: [Confined<Pool>]
    private let turn = Atomic<Int>(0)
    let listener: Confined<Listener>
    private let budget = Mutex(RetryBudget())
    let snapshots = Mutex(SnapshotSeats())
    let copies = Mutex(0)

    /// Connects to nothing yet. `loops` must not be empty and must outlive the database.
    public init(_ configuration: Configuration, loops: [EventLoop]) {
        precondition(!loops.isEmpty, "a database needs a loop")
        self.configuration = configuration
        pools = loops.map { Confined(Pool(configuration, on: $0), to: $0) }
        if configuration.leastConnectionsPerLoop > 0 {
            for pool in pools { pool.loop.execute { pool.value.start() } }
        }
        listener = Confined(Listener(configuration.direct, on: loops[0]), to: loops[0])
    }

    /// Runs the statements that `body` adds, in one round trip and one transaction, and decodes what it returns:
    ///
    ///     let (lead, events) = try await database.batch(scope) { batch in
    ///         batch.enqueue(.leadCreated(id))
    ///         return (batch.one(.insertLead(draft), as: LeadRow.self), batch.all(.events(id), as: EventRow.self))
    ///     }
    ///
    /// When a statement fails, none has taken place, and its error is thrown. `commitUnknown` is thrown when the connection broke so late
    /// that the batch may have been committed. A cancelled task stops waiting for a connection; once sent, the batch runs to its end.
    public func batch<each Value>(
        _ scope: Scope, _ body: (inout Batch) -> (repeat Pending<each Value>)
    ) async throws(PostgresError) -> (repeat each Value) {
        var batch = Batch()
        let pending = body(&batch)
        let results = try await run(&batch, scope)
        return (repeat try (each pending).resolve(results))
    }

    /// The same for a batch with one result, whose type may then follow from where it goes.
    public func batch<Value>(
        _ scope: Scope, _ body: (inout Batch) -> Pending<Value>
    ) async throws(PostgresError) -> Value {
        var batch = Batch()
        let pending = body(&batch)
        return try pending.resolve(await run(&batch, scope))
    }

    /// The same for a batch without a result.
    public func batch(_ scope: Scope, _ body: (inout Batch) -> Void) async throws(PostgresError) {
        var batch = Batch()
        body(&batch)
        _ = try await run(&batch, scope)
    }

    /// Runs `body` in a transaction on a connection of its own, commits when it returns and rolls back when it throws.
    ///
    /// The connection is taken at the first statement that is awaited, and held until the end: do not wait for anything else meanwhile.
    /// `commitUnknown` is thrown when the connection broke while it committed. When the task is cancelled, so is the statement that runs.
    /// With `retries` the whole of `body` is run again, which it has to be fit for: it changes nothing but the database.
    public func transaction<Value>(
        _ scope: Scope, isolation: Isolation = .readCommitted, access: Access = .readWrite, retries: Retries = .none,
        _ body: (borrowing Transaction) async throws -> Value
    ) async throws -> Value {
        try await transaction(scope, isolation: isolation, access: access, retries: retries, on: nil, body)
    }

    /// - Parameter pool: whose connection it is to have; nil leaves that to where it is called.
    func transaction<Value>(
        _ scope: Scope, isolation: Isolation, access: Access, retries: Retries, on pool: Confined<Pool>?,
        _ body: (borrowing Transaction) async throws -> Value
    ) async throws -> Value {
        var failures = 0
        while true {
            let transaction = Transaction(block: TransactionBlock(self, scope, isolation, access, on: pool))
            do {
                let value = try await body(transaction)
                try await transaction.block.commit()
                await transaction.block.end()
                if retries != .none { budget.withLock { $0.earn() } }
                return value
            } catch {
                await transaction.block.end()
                // Whatever the body made of it, this is why it came to nothing.
                let cause = transaction.block.failure ?? error as? PostgresError
                failures += 1
                guard let cause, retries.cover(cause, failures: failures), await pauseBeforeRetry(failures, scope) else { throw error }
            }
        }
    }

    /// One round trip on every loop: throws when PostgreSQL does not answer. It goes ahead of those who wait, and finds a connection even
    /// when all are taken.
    public func check(_ scope: Scope) async throws(PostgresError) {
        var scope = scope
        scope.isPrivileged = true
        for pool in pools { _ = try await run([SyncGroup.Statement("SELECT 1", isAwaited: false)], scope, on: pool) }
    }

    /// What the pools of all loops do, and have done.
    public func statistics() async -> Statistics {
        var sum = Statistics()
        for pool in pools {
            sum = await unsafe withUnsafeContinuation { continuation in
                pool.loop.runHere { [sum] in
                    var sum = sum
                    pool.value.add(to: &sum)
                    unsafe continuation.resume(returning: sum)
                }
            }
        }
        return sum
    }

    /// Refuses new work, waits for what runs, and closes all connections.
    public func shutdown() async {
        listener.loop.runHere { [listener] in listener.value.shutDown() }
        for pool in pools {
            await unsafe withUnsafeContinuation { continuation in
                pool.loop.runHere { pool.value.close { unsafe continuation.resume() } }
            }
        }
    }

    func lend(_ scope: Scope, on pool: Confined<Pool>?) async throws(PostgresError) -> Lease {
        try await claim(scope, on: pool ?? self.pool()) { .connection($0) }
    }

    private func run(_ batch: inout Batch, _ scope: Scope) async throws(PostgresError) -> [ResultSet] {
        let words = batch.announcements
        do throws(PostgresError) {
            let results = try await run(batch.takeStatements(), scope, on: pool())
            announcements.make(words)
            return results
        } catch {
            if error.kind == .commitUnknown { announcements.make(words) }
            throw error
        }
    }

    private func run(
        _ statements: consuming [SyncGroup.Statement], _ scope: Scope, on pool: Confined<Pool>
    ) async throws(PostgresError) -> [ResultSet] {
        if statements.isEmpty { return [] }
        let group = SyncGroup(.batch, statements)
        if pool.loop.isCurrent {
            // Nobody can call back what was sent, so that most batches need not look out for it.
            let isSent = await unsafe withUnsafeContinuation { continuation in
                group.onEnd = { unsafe continuation.resume(returning: true) }
                if !pool.value.submitAtOnce(group, scope) { unsafe continuation.resume(returning: false) }
            }
            if isSent { return try group.outcome.get() }
        }
        return try await claim(scope, on: pool) { complete in
            group.onEnd = { complete(group.outcome) }
            return .batch(group)
        }
    }

    private func claim<Value: Sendable>(
        _ scope: Scope, on pool: Confined<Pool>, _ want: (@escaping (Result<Value, PostgresError>) -> Void) -> Claim.Want
    ) async throws(PostgresError) -> Value {
        let claim = Claim(scope)
        let outcome: Result<Value, PostgresError> = await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { continuation in
                claim.want = want { unsafe continuation.resume(returning: $0) }
                pool.loop.runHere { pool.value.submit(claim) }
            }
        } onCancel: {
            pool.loop.execute { pool.value.cancel(claim) }
        }
        return try outcome.get()
    }

    /// False when there is no time left for another try, or too much is tried again already.
    private func pauseBeforeRetry(_ failures: Int, _ scope: Scope) async -> Bool {
        let pause = Retries.pause(afterFailures: failures, random: Double.random(in: 0..<1))
        if let deadline = scope.deadline, MonotonicTime.now() + pause >= deadline { return false }
        guard budget.withLock({ $0.spend() }) else { return false }
        do {
            try await pool().loop.sleep(for: pause)
            return true
        } catch {
            return false
        }
    }

    /// The loop we are on, or one in turn.
    func loop() -> EventLoop { pool().loop }

    func pool() -> Confined<Pool> {
        for pool in pools where pool.loop.isCurrent { return pool }
        let next = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return pools[Int(UInt(bitPattern: next) % UInt(pools.count))]
    }
}
