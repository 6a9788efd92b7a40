public import Postgres

/// Has the primary key of the ring wrap the data keys of all sealed values again, page by page, while everybody reads and writes them: when
/// it is done, no other key of the ring is needed.
public struct Rewrap: Sendable {
    public struct Outcome: Sendable, Hashable {
        public var rewrapped = 0
        /// Values that cannot be opened: changed, moved, or their key is not in the ring. They are left as they are.
        public var broken: [SealedPlace] = []
    }

    private let database: Database
    private let ring: KeyRing

    public init(_ database: Database, _ ring: KeyRing) {
        self.database = database
        self.ring = ring
    }

    /// All columns, each until nothing is left to do. Cancelling its task stops it after a page; what was done stays done.
    public func run() async throws -> Outcome {
        var outcome = Outcome()
        for column in try await database.batch(Self.scope, { $0.all(.sealedColumns, as: SealedColumn.self) }) {
            try await run(column, &outcome)
        }
        return outcome
    }

    /// How many values each key of the ring has sealed, by its id.
    public static func keysInUse(_ database: Database) async throws(PostgresError) -> [String: Int] {
        var counts: [String: Int] = [:]
        for column in try await database.batch(scope, { $0.all(.sealedColumns, as: SealedColumn.self) }) {
            for use in try await database.batch(scope, { $0.all(.sealedKeys(of: column), as: SealedKeyUse.self) }) {
                counts[use.keyID, default: 0] += use.count
            }
        }
        return counts
    }

    private func run(_ column: SealedColumn, _ outcome: inout Outcome) async throws {
        // A value that somebody changes meanwhile may move from a page ahead to one behind: a pass that finds nothing to do is the last one.
        while true {
            var changed = 0
            var broken: [SealedPlace] = []
            let pages: Int = try await database.batch(Self.scope) { $0.one(.sealedPages(of: column)) }
            for page in stride(from: 0, to: pages, by: Limits.rewrapPages) {
                try Task.checkCancellation()
                changed += try await rewrap(column, from: page, &broken)
            }
            outcome.rewrapped += changed
            if changed == 0 {
                outcome.broken += broken
                return
            }
        }
    }

    private func rewrap(_ column: SealedColumn, from page: Int, _ broken: inout [SealedPlace]) async throws -> Int {
        guard let primaryID = ring.primaryID else { throw SecretError.noPrimaryKey }
        let found = try await database.batch(Self.scope) {
            let prefix = SealedValue.prefix(keyID: primaryID)
            return $0.all(
                .sealedValues(of: column, from: page, pages: Limits.rewrapPages, butFor: prefix), as: FoundSealedValue.self)
        }
        var changes: [(old: FoundSealedValue, new: [UInt8])] = []
        for value in found {
            let place = SealedPlace(tenant: value.tenant, kind: column.kind, id: value.id)
            do throws(SecretError) {
                if let new = try ring.rewrap(value.value, at: place) { changes.append((value, new)) }
            } catch {
                guard case .cannotOpen = error else { throw error }
                broken.append(place)
            }
        }
        if changes.isEmpty { return 0 }
        return try await database.batch(Self.scope) { [changes] in $0.one(.rewrap(column, changes)) }
    }

    private static let scope = Scope(tenant: nil, caller: "platform/rewrap", requestID: "rewrap")
}
