internal import Console
internal import Platform
internal import Postgres

/// `switchboard migrate --config FILE`: brings the tables up to date, as the role that owns them.
struct MigrateCommand {
    private let path: String

    init(_ words: some Sequence<String>) throws {
        path = try configurationFile(words)
    }

    func run() async throws {
        let settings = try ConfigurationFile.settings(path)
        guard let owner = settings.owner else {
            throw Failure("\(path): storage.ownerConnection is missing: the role that serves owns no tables and cannot change them.")
        }
        let applied = try await Migrator(owner.database(), migrations: Schema.migrations).run()
        Screen.show(
            applied.isEmpty ? "Nothing to do: the database is up to date." : applied.map { "Applied \($0)." }.joined(separator: "\n"))
    }
}
