internal import Net
internal import Platform
internal import Postgres

/// Whether the database answers and has the tables of this program.
struct DatabaseProbe {
    let database: Database

    /// Less than the time between two looks, so that a database that hangs is found out within one more.
    private static let patience = Duration.milliseconds(1_500)

    /// Nil when it does.
    func failure() async -> String? {
        do {
            let scope = Scope(tenant: nil, caller: "probe", requestID: "probe", deadline: .now() + Self.patience)
            try await database.check(scope)
            return try await database.schemaFault(Schema.migrations, scope)
        } catch {
            return "\(error)"
        }
    }
}
