internal import Net

/// What one caller asks of a pool. Made by the caller, and confined to the pool's loop from then on.
final class Claim: @unchecked Sendable {
    enum Want {
        /// Statements to run as one transaction.
        case batch(SyncGroup)
        /// A connection to hold.
        case connection((Result<Lease, PostgresError>) -> Void)
    }

    let scope: Scope
    /// Set before the claim is submitted.
    var want: Want?
    var waiter: PoolState.WaiterID?
    var timer: Timer?
    /// The calling task was cancelled, perhaps before the claim reached the loop.
    var isCancelled = false

    init(_ scope: Scope) {
        self.scope = scope
    }

    var demand: PoolState.Demand {
        switch want {
        case .connection: .transaction
        case .batch, nil: .batch
        }
    }

    func fail(_ error: PostgresError) {
        timer?.cancel()
        timer = nil
        switch want {
        case .batch(let group): group.fail(error)
        case .connection(let complete): complete(.failure(error))
        case nil: break
        }
    }
}
