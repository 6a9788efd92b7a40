internal import Platform
internal import Postgres
internal import Senders

/// Removes, now and then, what is not to be kept any longer: idempotency keys that nobody repeats, messages that have left the house,
/// one-time passwords, revocations of tokens that have ended, and who had tokens long ago.
struct Retention {
    let database: Database
    let issuer: TokenIssuer
    let log: Log

    /// A day's keys come to an end one by one; some thousands at a time cost least.
    private static let interval = Duration.seconds(600)

    /// Until the task is cancelled. Servers that share a database do not do it in step.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval * Double.random(in: 0.8...1.2))
            guard !Task.isCancelled else { return }
            await turn()
        }
    }

    /// What cannot be removed now is removed the next time, and keeps nothing else.
    func turn() async {
        do throws(PostgresError) {
            _ = try await IdempotencyKeys.purgeExpired(database)
        } catch {
            log.write(.warning, "idempotency_keys_not_purged", ["error": "\(error)"])
        }
        do throws(PostgresError) {
            _ = try await Deliveries.purge(database)
        } catch {
            log.write(.warning, "deliveries_not_purged", ["error": "\(error)"])
        }
        do throws(PostgresError) {
            _ = try await IdentityRetention.purgeRevokedTokens(database)
            _ = try await IdentityRetention.purgePrincipals(database)
            _ = try await IdentityRetention.purgeSubjectEpochs(database)
        } catch {
            log.write(.warning, "revoked_tokens_not_purged", ["error": "\(error)"])
        }
        do throws(PostgresError) {
            try await issuer.ageKeys()
            _ = try await issuer.purgeGrants()
        } catch {
            log.write(.warning, "signing_keys_not_aged", ["error": "\(error)"])
        }
        do throws(PostgresError) {
            _ = try await OneTimePasswords.purge(database)
        } catch {
            log.write(.warning, "one_time_passwords_not_purged", ["error": "\(error)"])
        }
    }
}
