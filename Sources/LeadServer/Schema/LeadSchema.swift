public import Postgres

/// The tables of the lead service. They stand on the foundation that the migrator brings (`current_tenant()`) and on the role
/// `switchboard_app`, which serves and owns nothing.
public enum LeadSchema {
    /// In the order in which they are applied, behind those of the platform.
    public static let migrations = [lead, leadTag, leadImport]
}
