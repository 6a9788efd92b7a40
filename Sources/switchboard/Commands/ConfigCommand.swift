internal import Console
internal import Platform

/// `switchboard config check FILE | example`.
struct ConfigCommand {
    private let arguments: Arguments

    init(_ words: some Sequence<String>) throws {
        arguments = try Arguments(words)
    }

    func run() throws {
        switch arguments.operands.first {
        case "example" where arguments.operands.count == 1:
            Screen.show(ConfigurationFile.example)
        case "check" where arguments.operands.count == 2:
            let path = arguments.operands[1]
            let settings = try ConfigurationFile.settings(path)
            _ = try ServerFiles(settings)
            for role in [settings.server, settings.owner].compactMap({ $0 }) { _ = try role.database() }
            Screen.show("\(path) is fine.")
        default:
            throw UsageError("`config` is followed by `check` and a file, or by `example`.")
        }
    }
}
