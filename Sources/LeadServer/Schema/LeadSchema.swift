public import Postgres

/// The tables of the lead service. They stand on the foundation that the migrator brings (`current_tenant()`) and on the role
/// `switchboard_app`, which serves and owns nothing.
public enum LeadSchema {
    /// The .sql files beside this one, in the order of their numbers. They are applied behind those of the platform.
    public static let migrations = SchemaFiles.migrations(of: "lead")
}
