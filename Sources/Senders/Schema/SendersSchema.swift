public import Postgres

/// The tables of what leaves the house.
public enum SendersSchema {
    /// The .sql files beside this one, in the order of their numbers.
    public static let migrations = SchemaFiles.migrations(of: "senders")
}
