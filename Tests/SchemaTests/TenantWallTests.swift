import Testing

@testable import Postgres

/// What keeps tenants apart, looked up in the catalogue for whatever tables, views and functions there are.
@Suite struct TenantWallTests {
    /// Tables that belong to no tenant, and why the role that serves may reach them.
    private static let common = [
        "job_worker",  // Processes, by functions only.
        "outbox_cursor",  // How far readers of the outbox are.
        "quota_process",  // Processes, by functions only.
        "quota_version",  // A number, by functions only.
        "schema_migration",  // What there is, to be read.
        "sealed_column",  // What there is, to be read.
        "signing_key",  // The servers' own; private halves are sealed.
    ]

    /// Functions that row-level security does not hold, each looked at: they change what they say, whoever's it is.
    private static let definers = [
        "delivery_purge", "idempotency_key_purge", "identity_refusals",
        "identity_refusals_since", "job_beat", "job_claim", "job_finish", "job_purge", "job_put_back",
        "job_register",
        "job_rescue",
        "job_retire", "ledger_count_journal", "ledger_tenants_to_seal",
        "one_time_password_purge", "outbox_after", "outbox_purge", "principal_purge", "quota_all", "quota_beat", "quota_changed",
        "quota_lease_drop",
        "quota_lease_put", "quota_leases", "quota_leave", "revoked_token_purge", "sealed_keys", "sealed_pages",
        "sealed_rewrap", "sealed_values", "subject_epoch_purge", "token_grant_purge", "token_grants_live", "token_is_revoked",
    ]

    @Test("R8 · Every table has a tenant, but for those that are known to need none")
    func tenants() async throws {
        let found = try await SchemaWorld().words(
            """
            SELECT relname::text FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
                AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id' AND attnotnull)
            ORDER BY 1
            """)
        #expect(found == Self.common)
    }

    @Test(
        "R8 · Every table with a tenant forces row-level security, and lets the role that serves reach its tenant's rows, for each command")
    func policies() async throws {
        let world = try await SchemaWorld()
        let unforced = try world.words(
            "SELECT relname::text FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'tenant_id' AND relkind IN ('r', 'p') WHERE NOT (relrowsecurity AND relforcerowsecurity)"
        )
        #expect(unforced == [])
        let uncovered = try world.words(
            """
            SELECT relname || ' ' || command FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attname = 'tenant_id'
                AND relkind IN ('r', 'p'), unnest(ARRAY['r', 'a', 'w', 'd']) AS command
            WHERE NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND polpermissive AND polcmd IN ('*', command::"char")
                AND 0 = ANY (polroles))
            """)
        #expect(uncovered == [])
        // One permissive policy that says more than the others would open the table, since they are joined by OR.
        let others = try world.words(
            """
            SELECT polrelid::regclass || ' ' || polname FROM pg_policy
            WHERE (0 = ANY (polroles) OR 'switchboard_app'::regrole = ANY (polroles)) AND polpermissive
                AND (pg_get_expr(polqual, polrelid) IS DISTINCT FROM '(tenant_id = current_tenant())'
                    OR pg_get_expr(polwithcheck, polrelid) IS DISTINCT FROM '(tenant_id = current_tenant())')
            """)
        #expect(others == [])
    }

    @Test("R8 · A view asks as whoever reads it")
    func views() async throws {
        let found = try await SchemaWorld().words(
            """
            SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
                AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce(reloptions, '{}') @> ARRAY['security_invoker=true'])
            """)
        #expect(found == [])
    }

    @Test("R8 · A function that acts for its owner is known, has its own search_path, and is not for everybody")
    func functions() async throws {
        let world = try await SchemaWorld()
        let definers = try world.words(
            "SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1")
        #expect(definers == Self.definers)
        let open = try world.words(
            """
            SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
                AND (NOT EXISTS (SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=pg_catalog%pg_temp')
                    OR has_function_privilege('public', oid, 'EXECUTE'))
            """)
        #expect(open == [])
    }

    @Test("R8 · The role that serves has no power, owns nothing, makes nothing, and is in no other role")
    func role() async throws {
        let world = try await SchemaWorld()
        let powers = try world.words(
            """
            SELECT 'power' FROM pg_roles WHERE rolname = 'switchboard_app'
                AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
            UNION ALL SELECT 'member of ' || roleid::regrole FROM pg_auth_members WHERE member = 'switchboard_app'::regrole
            UNION ALL SELECT 'owns ' || relname FROM pg_class WHERE relowner = 'switchboard_app'::regrole
            UNION ALL SELECT 'owns ' || proname FROM pg_proc WHERE proowner = 'switchboard_app'::regrole
            UNION ALL SELECT 'owns ' || nspname FROM pg_namespace WHERE nspowner = 'switchboard_app'::regrole
            UNION ALL SELECT 'makes things in ' || nspname FROM pg_namespace
                WHERE has_schema_privilege('switchboard_app', oid, 'CREATE') AND nspname !~ '^pg_(toast_)?temp_'
            """)
        #expect(powers == [])
        // Row-level security does not look at these.
        let passing = try world.words(
            """
            SELECT relname || ' ' || privilege FROM pg_class, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
            WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND has_table_privilege('switchboard_app', pg_class.oid, privilege)
            """)
        #expect(passing == [])
    }

    @Test("R8 · Keys and references carry the tenant: no row can stand for or point at another tenant's")
    func keys() async throws {
        let world = try await SchemaWorld()
        let keys = try world.words(
            """
            SELECT indexrelid::regclass::text FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attname = 'tenant_id'
            JOIN pg_class c ON c.oid = indrelid AND c.relkind IN ('r', 'p') WHERE indisunique AND NOT attnum = ANY (indkey)
            """)
        #expect(keys == [])
        let references = try world.words(
            """
            SELECT conname::text FROM pg_constraint f JOIN pg_attribute a ON a.attrelid = conrelid AND a.attname = 'tenant_id'
            JOIN pg_attribute b ON b.attrelid = confrelid AND b.attname = 'tenant_id'
            WHERE contype = 'f' AND NOT EXISTS (
                SELECT FROM generate_subscripts(conkey, 1) AS i WHERE conkey[i] = a.attnum AND confkey[i] = b.attnum)
            """)
        #expect(references == [])
    }

    @Test("R36 · Every foreign key has an index by which its rows are found")
    func foreignKeyIndexes() async throws {
        let found = try await SchemaWorld().words(
            """
            SELECT conname::text FROM pg_constraint WHERE contype = 'f' AND NOT EXISTS (
                SELECT FROM pg_index WHERE indrelid = conrelid AND indpred IS NULL
                    AND (string_to_array(indkey::text, ' ')::int2[])[1:cardinality(conkey)] @> conkey)
            """)
        #expect(found == [])
    }

    @Test("R37 · Only what is part of something goes when that goes")
    func cascades() async throws {
        let found = try await SchemaWorld().words(
            """
            SELECT conrelid::regclass || ' of ' || confrelid::regclass FROM pg_constraint
            WHERE contype = 'f' AND confdeltype NOT IN ('a', 'r') ORDER BY 1
            """)
        #expect(found == ["job_error of job", "lead_import_refusal of lead_import", "lead_tag of lead"])
    }
}
