internal import Net

/// A connection that one transaction has for itself. Used from anywhere; everything it does is done on the connection's loop.
final class Lease: Sendable {
    private struct Held {
        let connection: Connection
        let pool: Pool
    }

    private let slot: PoolState.SlotID
    private let held: Confined<Held>

    init(of connection: Connection, slot: PoolState.SlotID, from pool: Pool) {
        self.slot = slot
        held = Confined(Held(connection: connection, pool: pool), to: pool.loop)
    }

    /// Sends statements and one Sync, and gives their results. When the task is cancelled the server is told to stop, except for a commit.
    func run(
        _ kind: SyncGroup.Kind, _ statements: [SyncGroup.Statement], isReadOnly: Bool, timeout: Duration
    ) async -> Result<[ResultSet], PostgresError> {
        let group = SyncGroup(kind, statements)
        group.isReadOnly = isReadOnly
        group.statementTimeout = timeout
        let sent = Confined(group, to: held.loop)
        return await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { continuation in
                group.onEnd = { unsafe continuation.resume(returning: group.outcome) }
                held.loop.runHere { [held] in
                    if sent.value.isCancelled {
                        sent.value.fail(.callerCancelled)
                    } else {
                        held.value.connection.submit(sent.value)
                    }
                }
            }
        } onCancel: {
            guard kind != .commit else { return }
            held.loop.execute { [held] in
                sent.value.isCancelled = true
                held.value.connection.cancel(sent.value)
            }
        }
    }

    /// Gives the connection back, after a ROLLBACK when a transaction is still open on it.
    func end(timeout: Duration) async {
        await unsafe withUnsafeContinuation { continuation in
            held.loop.runHere { [held, slot] in
                let connection = held.value.connection
                let pool = held.value.pool
                // A cancel request on its way would hit whatever comes next.
                connection.afterCancel {
                    if connection.isClean {
                        pool.giveBack(slot, isClean: true)
                        unsafe continuation.resume()
                        return
                    }
                    let group = SyncGroup(.part, [SyncGroup.Statement("ROLLBACK", isNamed: false, isAwaited: false)])
                    group.statementTimeout = timeout
                    group.onEnd = {
                        pool.giveBack(slot, isClean: connection.isClean)
                        unsafe continuation.resume()
                    }
                    connection.submit(group)
                }
            }
        }
    }
}

extension EventLoop {
    /// At once when this is the loop's thread, otherwise soon.
    func runHere(_ work: @escaping @Sendable () -> Void) {
        if isCurrent { work() } else { execute(work) }
    }
}
