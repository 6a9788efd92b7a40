internal import Console

/// The server program. Each of its commands is a file of its own in Commands.
@main
struct Switchboard {
    static func main() async {
        var words = CommandLine.arguments.dropFirst()
        do {
            guard let command = words.popFirst() else {
                Screen.tell(help)
                ExitStatus.usage.exit()
            }
            try await run(command, words)
        } catch let error as UsageError {
            Screen.tell("switchboard: \(error)\n(`switchboard help` shows what can be said.)")
            ExitStatus.usage.exit()
        } catch {
            Screen.tell("switchboard: \(error)")
            ((error as? Failure)?.status ?? .failure).exit()
        }
    }

    private static func run(_ command: String, _ words: ArraySlice<String>) async throws {
        switch command {
        case "dev": try await DevCommand(words).run()
        case "serve": try await ServeCommand(words).run()
        case "migrate": try await MigrateCommand(words).run()
        case "config": try ConfigCommand(words).run()
        case "cert": try CertCommand(words).run()
        case "token": try TokenCommand(words).run()
        case "key-ring": try await KeyRingCommand(words).run()
        case "help", "--help", "-h": Screen.show(help)
        default:
            throw UsageError(
                unknown: "command", command, among: ["dev", "serve", "migrate", "config", "cert", "token", "key-ring", "help"])
        }
    }

    private static let help = """
        switchboard dev [--state DIR] [--port N] [--fresh]
            Runs everything on this machine: a PostgreSQL of its own, keys and certificates, the server. --fresh forgets all data first.

        switchboard serve --config FILE
            Runs the server on a PostgreSQL of yours, which `migrate` has prepared.
        switchboard migrate --config FILE [--plan]
            Brings the tables of that PostgreSQL up to date; --plan only shows the SQL, and the locks it takes on tables of which size.
        switchboard config check FILE
        switchboard config example
            Checks a configuration, or shows one.

        switchboard cert authority [--out DIR]
        switchboard cert issue NAME (--state DIR | --ca FILE --ca-key FILE --trust-domain D) [--names A,B] [--days N] [--out DIR]
        switchboard cert revoke [FILE...] (--state DIR | --ca FILE --ca-key FILE) [--list FILE] [--days N]
            Makes an authority; issues NAME.pem and NAME.key: a client's, or with --names (DNS names, IP addresses) a server's.
        switchboard token key [--out DIR]
        switchboard token issue (--state DIR | --key FILE --key-id ID --issuer I --certificate FILE --subject S) --tenant T
                                [--roles A,B] [--scopes A,B] [--minutes N]
            Makes a signing key; prints a token that is bound to a client certificate.
        switchboard key-ring new FILE ID
        switchboard key-ring add FILE ID
        switchboard key-ring use FILE ID
        switchboard key-ring show FILE
        switchboard key-ring rewrap --config FILE
        switchboard key-ring retire ID --config FILE
            Makes a ring of keys that seal secrets in the database; adds a key that opens; has one of them seal from now on; names them;
            seals everything with that one; forgets a key that nothing is sealed with.
        """
}
