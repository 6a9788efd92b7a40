internal import Net
internal import Synchronization

extension Database {
    /// Reads the rows of a query of any length as they were at one instant, page by page.
    ///
    /// It holds a connection and a REPEATABLE READ transaction until `body` has seen the last page, so that PostgreSQL cannot clean up
    /// what is deleted meanwhile: prefer `pages`. A tenant has few of them at once, and all of them no more than half of a loop's connections;
    /// one more is refused with `saturated`. It ends with the scope's deadline.
    public func snapshot<Item: RowDecodable>(
        _ scope: Scope, _ statement: SQL, of type: Item.Type = Item.self, size: Int? = nil, _ body: ([Item]) async throws -> Void
    ) async throws {
        let tenant = scope.tenant ?? ""
        let pool = pool()
        let most = max(1, configuration.connectionsPerLoop / 2)
        guard snapshots.withLock({ $0.take(tenant, on: pool.loop, ofAtMost: most) }) else { throw PostgresError.tooManySnapshots }
        defer { snapshots.withLock { $0.giveBack(tenant, on: pool.loop) } }
        let size = Int64(max(1, size ?? Limits.pageRows))
        try await transaction(scope, isolation: .repeatableRead, access: .readOnly, retries: .none, on: pool) { tx in
            // Unnamed, since what FETCH gives depends on the cursor, which a prepared statement does not know.
            try await tx.block.run("DECLARE snapshot NO SCROLL CURSOR FOR \(statement)", isNamed: false)
            while true {
                let page: [Item] = try await tx.block.run("FETCH \(ownName: "\(size)") FROM snapshot", isNamed: false).all()
                if !page.isEmpty { try await body(page) }
                if page.count < size { return }
            }
        }
    }
}

/// Which tenants hold how many snapshots, and how many each loop's pool has lent to them. Pure.
struct SnapshotSeats {
    private var seats: [String: Int] = [:]
    private var lent: [ObjectIdentifier: Int] = [:]

    mutating func take(_ tenant: String, on loop: EventLoop, ofAtMost most: Int) -> Bool {
        let loop = ObjectIdentifier(loop)
        guard lent[loop, default: 0] < most, seats[tenant, default: 0] < Limits.snapshotsPerTenant else { return false }
        seats[tenant, default: 0] += 1
        lent[loop, default: 0] += 1
        return true
    }

    mutating func giveBack(_ tenant: String, on loop: EventLoop) {
        guard let count = seats[tenant] else { return }
        seats[tenant] = count > 1 ? count - 1 : nil
        lent[ObjectIdentifier(loop), default: 1] -= 1
    }
}

extension PostgresError {
    fileprivate static var tooManySnapshots: PostgresError {
        var error = PostgresError(.saturated, "Too many snapshots are being read already. Try again when one of them has ended.")
        error.retryAfter = .seconds(1)
        return error
    }
}
