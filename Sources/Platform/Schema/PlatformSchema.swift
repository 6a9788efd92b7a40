public import Postgres

/// The tables that all services share. A server's migrations begin with these.
public enum PlatformSchema {
    /// The .sql files beside this one, in the order of their numbers.
    public static let migrations = SchemaFiles.migrations(of: "platform")
}
