extension Database {
    /// Why a program with these migrations cannot work with the database as it is now, as a sentence; nil when it can. One round trip, as
    /// the application's role.
    ///
    /// A migration that the program does not know is no fault when it says of itself that it `-- expands`.
    public func schemaFault(_ migrations: [Migration], _ scope: Scope) async throws(PostgresError) -> String? {
        let applied: [MigrationPlan.Applied] = try await batch(scope) { $0.all(.appliedMigrations) }
        do throws(PostgresError) {
            let pending = try MigrationPlan(known: Migration.foundation + migrations, applied: applied).pending
            return pending.first.map { "The database lacks migration \($0)." }
        } catch {
            return error.message
        }
    }
}
