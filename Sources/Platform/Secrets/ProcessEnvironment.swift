internal import Foundation

/// The variables that this process was started with. Whoever may look at the process sees them, and so does every child of it.
public enum ProcessEnvironment {
    /// Those that hold a secret by their names, or say where another one than the configuration's is, sorted: libpq would use the latter
    /// without a word.
    public static var secrets: [String] { names.filter(isSecret).sorted() }

    static func isSecret(_ name: String) -> Bool {
        if passwordSources.contains(name) { return true }
        // Where systemd has put the service's credentials, as files.
        if name == "CREDENTIALS_DIRECTORY" { return false }
        let words = name.uppercased().split(separator: "_")
        return words.contains { secretWords.contains($0) }
            || zip(words, words.dropFirst()).contains { $0.1 == "KEY" && keyWords.contains($0.0) }
    }

    /// Section 34.15 of PostgreSQL's manual.
    private static let passwordSources: Set<String> = [
        "PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGSSLKEY",
    ]
    private static let secretWords: Set<Substring> = ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "SECRETS", "TOKEN", "CREDENTIALS"]
    private static let keyWords: Set<Substring> = ["PRIVATE", "API", "ACCESS", "SIGNING", "ENCRYPTION"]

    private static var names: [String] { ProcessInfo.processInfo.environment.keys.map { $0 } }
}
