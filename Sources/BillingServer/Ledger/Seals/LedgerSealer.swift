internal import Net
public import Platform
public import Postgres

/// Puts what was posted under seals, for all tenants of a database. Every server has one: who comes second to a tenant leaves it to the
/// first.
public struct LedgerSealer: Sendable {
    private let database: Database
    private let log: Log

    public init(_ database: Database, log: Log) {
        self.database = database
        self.log = log
    }

    /// Until the task is cancelled. Servers that share a database do not do it in step.
    public func run() async {
        while !Task.isCancelled {
            do throws(PostgresError) {
                _ = try await turn()
            } catch {
                log.write(.warning, "ledger_not_sealed", ["error": "\(error)", "next": "it is tried again"])
            }
            try? await Task.sleep(for: Limits.sealPause * Double.random(in: 0.8...1.2))
        }
    }

    /// Seals all that can be sealed now. Gives how many journals those were.
    ///
    /// What goes wrong with one tenant keeps no other from its seals.
    @discardableResult
    public func turn() async throws(PostgresError) -> Int {
        var (sealed, tenant, failure) = (0, "", PostgresError?.none)
        while !Task.isCancelled {
            let scope = Scope(tenant: nil, caller: Self.caller, requestID: Self.caller)
            let after = tenant
            let tenants: [String] = try await database.batch(scope) {
                $0.all(.tenantsToSeal(after: after, limit: Limits.sealTenants))
            }
            for tenant in tenants where !Task.isCancelled {
                do throws(PostgresError) {
                    sealed += try await seal(tenant)
                } catch {
                    failure = error
                }
            }
            guard tenants.count == Limits.sealTenants, let last = tenants.last else { break }
            tenant = last
        }
        if let failure { throw failure }
        return sealed
    }

    /// Seals a tenant's journals, each seal in a short transaction of its own.
    func seal(_ tenant: String) async throws(PostgresError) -> Int {
        var sum = 0
        while !Task.isCancelled {
            let count = try await sealNext(tenant)
            sum += count
            if count == 0 { break }
        }
        return sum
    }

    /// Gives how many journals are under the seal that was added; none when there is nothing to seal, or when another one is at it.
    private func sealNext(_ tenant: String) async throws(PostgresError) -> Int {
        do {
            return try await database.transaction(Scope(tenant: tenant, caller: Self.caller, requestID: Self.caller)) { transaction in
                guard try await transaction.one(.tryToSeal, as: Bool.self) else { return 0 }
                // What another server has sealed before it let go of the lock is seen by this statement, not by one before it.
                let last = try await transaction.all(.lastSeal, as: SealRow.self).first?.seal
                let page: SQL = .journalsToSeal(after: last?.last ?? .beginning, limit: Limits.sealJournals, lines: Limits.sealLines)
                let journals = try await transaction.all(page, as: SealedJournalRow.self).map(\.journal)
                guard let seal = LedgerSeal(after: last, journals, of: tenant) else { return 0 }
                transaction.enqueue(.insertSeal(seal))
                return journals.count
            }
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.other, "The ledger could not be sealed: \(error)")
        }
    }

    private static let caller = "billing/sealer"
}
