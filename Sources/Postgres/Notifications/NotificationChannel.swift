/// The name of a channel of LISTEN and NOTIFY. It stands in the program's source, as a table's name does:
///
///     extension NotificationChannel { static let jobs: NotificationChannel = "switchboard_jobs" }
public struct NotificationChannel: Hashable, Sendable, ExpressibleByStringLiteral {
    public let name: String

    /// `name` has 1 to 63 bytes, which is what PostgreSQL's identifiers hold.
    public init(_ name: StaticString) {
        precondition((1...Limits.identifierBytes).contains(name.utf8CodeUnitCount), "a channel's name has 1 to 63 bytes")
        self.name = name.description
    }

    public init(stringLiteral name: StaticString) {
        self.init(name)
    }

    /// As an identifier: LISTEN takes no parameter.
    var quoted: String {
        var quoted = "\""
        for character in name {
            if character == "\"" { quoted.append(character) }
            quoted.append(character)
        }
        return quoted + "\""
    }
}

extension SQL {
    /// Tells every listener of `channel` when the transaction commits. `payload` has less than 8000 bytes, or PostgreSQL refuses it (22023).
    ///
    /// Committing a notification takes a lock that is global to the cluster: send one for many changes, not one for each.
    public static func notify(_ channel: NotificationChannel, payload: String = "") -> SQL {
        "SELECT pg_notify(\(channel.name), \(payload))"
    }
}
