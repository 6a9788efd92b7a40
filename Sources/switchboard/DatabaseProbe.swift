internal import Net
internal import Platform
internal import Postgres
internal import StandardServices

/// Asks the database every two seconds whether it answers and has the tables of this program, and lets the health service say so.
struct DatabaseProbe {
    let database: Database
    let health: HealthService
    let services: [String]
    let log: Log

    private static let interval = Duration.seconds(2)
    /// Less than the interval, so that a database that hangs is found out within one more.
    private static let patience = Duration.milliseconds(1_500)

    /// Until the task is cancelled.
    func run() async {
        var isAvailable = true
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            guard !Task.isCancelled else { return }
            let reason = await failure()
            guard !Task.isCancelled, (reason == nil) != isAvailable else { continue }
            isAvailable = reason == nil
            log.write(isAvailable ? .info : .error, isAvailable ? "database_usable" : "database_unusable", ["reason": .text(reason ?? "")])
            for service in [""] + services { health.set(isAvailable ? .serving : .notServing, for: service) }
        }
    }

    private func failure() async -> String? {
        do {
            let scope = Scope(tenant: nil, caller: "probe", requestID: "probe", deadline: .now() + Self.patience)
            try await database.check(scope)
            return try await database.schemaFault(Schema.migrations, scope)
        } catch {
            return "\(error)"
        }
    }
}
