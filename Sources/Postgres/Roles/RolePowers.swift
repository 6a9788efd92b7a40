public import Net

extension Database.Configuration {
    /// Why row-level security would not hold the role of this configuration, as the end of the sentence "The role …"; nil when it does.
    ///
    /// It does not hold a superuser, a role with BYPASSRLS, the owner of a table (who may switch it off), or a role that may become one
    /// of these (PostgreSQL documentation, section 5.8, Row Security Policies).
    public func powerOverRowSecurity(on pool: BlockingPool = .shared) async throws(PostgresError) -> String? {
        let configuration = self
        return try await blocking(on: pool) { () throws(PostgresError) in
            let session = try Session.connect(configuration)
            defer { session.finish() }
            let power: String = try session.execute(
                """
                SELECT CASE
                    WHEN EXISTS (SELECT FROM pg_roles WHERE rolsuper AND pg_has_role(current_user, oid, 'MEMBER'))
                    THEN current_user || ' is, or may become, a superuser'
                    WHEN EXISTS (SELECT FROM pg_roles WHERE rolbypassrls AND pg_has_role(current_user, oid, 'MEMBER'))
                    THEN current_user || ' has, or may get, BYPASSRLS'
                    WHEN EXISTS (SELECT FROM pg_class WHERE relrowsecurity AND pg_has_role(current_user, relowner, 'MEMBER'))
                    THEN current_user || ' is, or may become, the owner of tables'
                    ELSE ''
                END
                """
            ).one()
            return power.isEmpty ? nil : power
        }
    }
}
