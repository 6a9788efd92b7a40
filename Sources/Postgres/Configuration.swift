extension Database {
    /// How a `Database` connects and what it may use. The defaults suit a server process with a PostgreSQL of standard settings.
    public struct Configuration: Sendable {
        /// A libpq connection string or URI, such as `host=/run/postgresql dbname=switchboard user=switchboard_app`.
        public var connection: String
        /// The same past a transaction pooler, for what belongs to a session: LISTEN, COPY, migrations and advisory locks.
        /// Nil when `connection` goes to PostgreSQL itself.
        public var directConnection: String?
        /// Overrides what the connection strings say.
        public var password: Password?
        /// Shows in `pg_stat_activity`.
        public var applicationName = "switchboard"
        /// PostgreSQL allows 100 connections unless told otherwise, for all loops of all processes together.
        public var connectionsPerLoop = 8
        /// Of these, kept open even when nobody needs them.
        public var leastConnectionsPerLoop = 0
        /// Batches that may be under way on one connection when no other is free.
        public var batchesPerConnection = 16
        /// Callers of one loop that may wait for a connection; the next one gets `saturated`.
        public var waitersPerLoop = 512
        /// The longest wait for a connection; a scope's deadline may be sooner.
        public var longestWait = Duration.seconds(5)
        /// The longest run of one statement; a scope's deadline may be sooner.
        public var longestStatement = Duration.seconds(30)
        public var connectTimeout = Duration.seconds(5)
        /// A connection is replaced at this age, so that memory of its backend and stale routes do not last.
        public var connectionLifetime = Duration.seconds(1800)
        /// A connection that nobody needed for this long is closed.
        public var idleLifetime = Duration.seconds(600)
        /// False sends every statement unnamed, which a transaction pooler such as PgBouncer before 1.21 demands.
        public var prepared = true
        /// Takes what PostgreSQL says unasked (notices), and why connections ended. Called on a loop or a blocking thread.
        public var log: (@Sendable (String) -> Void)?

        public init(connection: String) {
            self.connection = connection
        }

        /// The same without a transaction pooler in between.
        public var direct: Database.Configuration {
            var direct = self
            direct.connection = directConnection ?? connection
            direct.directConnection = nil
            return direct
        }

        /// A libpq connection string in which any value is safe, a path with a space included.
        public static func connectionString(_ parameters: KeyValuePairs<String, String>) -> String {
            var parts: [String] = []
            for (name, value) in parameters {
                var quoted = ""
                for character in value {
                    if character == "'" || character == "\\" { quoted.append("\\") }
                    quoted.append(character)
                }
                parts.append("\(name)='\(quoted)'")
            }
            return parts.joined(separator: " ")
        }
    }
}
