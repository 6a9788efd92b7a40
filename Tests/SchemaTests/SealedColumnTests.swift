import Testing

@testable import Postgres

/// Columns that hold what the key ring has sealed.
@Suite struct SealedColumnTests {
    @Test("R4 · Every column that is named so is declared, and every declared one is there")
    func declared() async throws {
        let world = try await SchemaWorld()
        let named = try world.words(
            """
            SELECT table_name || '.' || column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND (column_name LIKE 'sealed%' AND data_type = 'bytea') ORDER BY 1
            """)
        let declared = try world.words("SELECT table_name || '.' || column_name FROM sealed_column ORDER BY 1")
        #expect(named == declared)
        #expect(!declared.isEmpty)
    }

    @Test("R4 · Where a sealed column has tenants, the owner may pass them, so that a new key reaches all rows")
    func policies() async throws {
        let closed = try await SchemaWorld().words(
            """
            SELECT table_name || ' ' || command FROM sealed_column
            JOIN pg_class t ON t.relname = table_name AND t.relnamespace = 'public'::regnamespace AND t.relforcerowsecurity,
                unnest(ARRAY['r', 'w']) AS command
            WHERE NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = t.oid AND polcmd IN ('*', command::"char")
                AND polroles = ARRAY[t.relowner] AND pg_get_expr(polqual, polrelid) = 'true')
            """)
        #expect(closed == [])
    }
}
