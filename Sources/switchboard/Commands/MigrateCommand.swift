internal import Console
internal import Platform
internal import Postgres

/// `switchboard migrate --config FILE`: brings the tables up to date, as the role that owns them. With `--plan` it only tells what it
/// would do, and whom that would stop.
struct MigrateCommand {
    private let path: String
    private let onlyPlans: Bool

    init(_ words: some Sequence<String>) throws {
        let arguments = try Arguments(words, options: ["--config"], flags: ["--plan"])
        try arguments.demandNoOperands()
        guard let path = arguments["--config"] else { throw UsageError("Say with --config which configuration to use.") }
        self.path = path
        onlyPlans = arguments.has("--plan")
    }

    func run() async throws {
        let settings = try ConfigurationFile.settings(path)
        if onlyPlans {
            let forecast = try await Migrator((settings.owner ?? settings.server).database(), migrations: Schema.migrations).forecast()
            Screen.show(forecast.isEmpty ? Self.nothingToDo : forecast.map(\.description).joined(separator: "\n\n"))
            return
        }
        guard let owner = settings.owner else {
            throw Failure("\(path): storage.ownerConnection is missing: the role that serves owns no tables and cannot change them.")
        }
        let applied = try await Migrator(owner.database(), migrations: Schema.migrations).run()
        Screen.show(applied.isEmpty ? Self.nothingToDo : applied.map { "Applied \($0)." }.joined(separator: "\n"))
    }

    private static let nothingToDo = "Nothing to do: the database is up to date."
}
