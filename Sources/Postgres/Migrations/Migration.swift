internal import Crypto

/// One numbered step of a service's schema. Once applied anywhere it is never edited: a further change is a further migration.
public struct Migration: Sendable, Hashable {
    /// Whose schema it is, such as `lead`.
    public let service: String
    /// Ascending within the service, from 1.
    public let number: Int
    public let name: String
    /// One or more statements, which run in one transaction together with the row that records them.
    ///
    /// Comment lines of their own at the very beginning can say more:
    /// - `-- no-transaction`: the file is one statement that PostgreSQL runs in no transaction, such as CREATE INDEX CONCURRENTLY. It must
    ///   be one that can be run again after it was cut off: with IF NOT EXISTS or IF EXISTS.
    /// - `-- expands`: a program that does not know this migration works on with what it makes of the database. Without it such a program
    ///   stops serving.
    public let sql: String
    /// SHA-256 of the normalised text, in hexadecimal.
    public let checksum: String

    public init(service: String, number: Int, name: String, sql: String) {
        self.service = service
        self.number = number
        self.name = name
        self.sql = sql
        checksum = Migration.hexadecimal(SHA256.digest(Array(Migration.normalised(sql).utf8)))
    }

    public init(service: String, number: Int, name: String, sql: StaticString) {
        self.init(service: service, number: number, name: name, sql: sql.description)
    }

    /// The lines `-- …` that the text begins with.
    private var directives: [Substring] {
        let lines = Migration.normalised(sql).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.prefix { $0.hasPrefix("-- ") }.map { $0.dropFirst(3) }
    }

    var needsNoTransaction: Bool { directives.contains("no-transaction") }
    var expands: Bool { directives.contains("expands") }
    var statements: [SQLScript.Statement] { SQLScript(sql).statements }

    /// The text without what an editor or a checkout may change: line ends, space at their ends, empty lines at both ends.
    static func normalised(_ text: String) -> String {
        var lines: [Substring.UnicodeScalarView] = []
        for var line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            while let last = line.last, last == " " || last == "\t" || last == "\r" { line.removeLast() }
            if lines.isEmpty, line.first == "\u{FEFF}" { line.removeFirst() }
            lines.append(line)
        }
        while let last = lines.last, last.isEmpty { lines.removeLast() }
        let kept = lines.drop { $0.isEmpty }
        return kept.map { String($0) }.joined(separator: "\n")
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes { text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return text
    }
}

extension Migration: CustomStringConvertible {
    public var description: String { "\(service) \(number) (\(name))" }
}

extension Migration {
    /// What every schema here builds on; a migrator applies it ahead of its own list.
    static let foundation = [
        Migration(
            service: "postgres", number: 1, name: "current_tenant",
            sql: """
                -- The tenant of the running transaction. After a transaction that set it the setting is '' and not NULL, and '' is no tenant.
                CREATE FUNCTION current_tenant() RETURNS text
                    LANGUAGE sql STABLE PARALLEL SAFE
                    RETURN nullif(current_setting('app.tenant', true), '');
                """)
    ]
}
