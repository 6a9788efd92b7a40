public import Postgres

/// The tables of billing. They stand on the foundation that the migrator brings (`current_tenant()`) and on the role `switchboard_app`,
/// which serves and owns nothing.
public enum BillingSchema {
    /// The .sql files beside this one, in the order of their numbers.
    public static let migrations = SchemaFiles.migrations(of: "billing")
}
