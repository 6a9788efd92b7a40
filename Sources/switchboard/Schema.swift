internal import BillingServer
internal import LeadServer
internal import Platform
internal import Postgres
internal import Senders

/// The tables of all services in this program.
enum Schema {
    static let migrations = PlatformSchema.migrations + SendersSchema.migrations + LeadSchema.migrations + BillingSchema.migrations

    /// Refuses a database that `switchboard migrate` has not brought up to date.
    static func demandMigrated(_ database: Database.Configuration) async throws {
        let pending = try await Migrator(database, migrations: migrations).pending()
        guard let first = pending.first else { return }
        let count = pending.count == 1 ? "one migration" : "\(pending.count) migrations"
        throw Failure("The database lacks \(count), \(first) first: run `switchboard migrate --config FILE`, then start again.")
    }

    /// Refuses a role that row-level security does not hold: one wall between tenants would be gone, and nobody would notice.
    static func demandBoundRole(_ database: Database.Configuration) async throws {
        guard let power = try await database.powerOverRowSecurity() else { return }
        throw Failure(
            "The role \(power): row-level security would not keep tenants apart. Let storage.connection name a role that owns nothing.")
    }
}
