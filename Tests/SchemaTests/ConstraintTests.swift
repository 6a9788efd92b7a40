import Testing

@testable import LeadServer
@testable import Postgres

@Suite struct ConstraintTests {
    @Test("Every constraint of the lead service's tables means something to a caller, or is known to be the server's own business")
    func lead() async throws {
        let found = try await SchemaWorld().words(
            """
            SELECT conname::text FROM pg_constraint WHERE conrelid::regclass::text LIKE 'lead%' AND contype IN ('c', 'f', 'p', 'u', 'x')
            UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique AND indrelid::regclass::text LIKE 'lead%'
            UNION SELECT tgname::text FROM pg_trigger WHERE tgrelid::regclass::text LIKE 'lead%' AND NOT tgisinternal
                AND pg_get_functiondef(tgfoid) LIKE '%RAISE%'
            ORDER BY 1
            """)
        #expect(found == LeadConstraint.all.keys.sorted())
    }

    @Test("A field is told by its path, a taken address as such, and the server's own mistakes to nobody")
    func errors() {
        func meaning(_ constraint: String?) -> LeadError? {
            LeadError(PostgresError(.checkViolation, "", constraint: constraint), writing: "ada@example.com")
        }
        #expect(meaning("lead_lawful_basis") == .invalid("lead.consent.lawful_basis", "The value is not one that can be kept."))
        #expect(meaning("lead_email_taken") == .emailExists("ada@example.com"))
        #expect(meaning("lead_version") == nil)
        #expect(meaning("of another service") == nil)
        #expect(meaning(nil) == nil)
    }
}
