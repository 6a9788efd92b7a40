internal import Platform
internal import Postgres

/// Removes idempotency keys that nobody repeats any more, now and then.
struct KeyPurge {
    let database: Database
    let log: Log

    /// A day's keys come to an end one by one; some thousands at a time cost least.
    private static let interval = Duration.seconds(600)

    /// Until the task is cancelled. Servers that share a database do not do it in step.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval * Double.random(in: 0.8...1.2))
            guard !Task.isCancelled else { return }
            do {
                _ = try await IdempotencyKeys.purgeExpired(database)
            } catch {
                log.write(.warning, "idempotency_keys_not_purged", ["error": "\(error)"])
            }
        }
    }
}
