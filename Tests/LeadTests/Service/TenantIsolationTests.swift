import LeadAPI
import Platform
import Postgres
import Testing

@testable import LeadServer

@Suite("What the database holds, whoever asks")
struct TenantIsolationTests {
    private static let reads: [SQL] = [
        "SELECT count(*) FROM lead", "SELECT count(*) FROM lead_tag", "SELECT count(*) FROM lead_import",
        "SELECT count(*) FROM lead_import_refusal", "SELECT count(*) FROM idempotency_key",
    ]

    /// Statements that name no tenant, as a careless one would.
    private static let writes: [SQL] = [
        "UPDATE lead SET notes = 'taken'", "UPDATE lead_import SET finished_at = now()", "DELETE FROM lead_tag",
    ]

    @Test("R8: a statement that forgets the tenant still sees and changes that of its call alone; without one, nothing")
    func planted() async throws {
        let world = try await LeadWorld.shared()
        let (owner, stranger) = (world.tenant(), world.tenant())
        _ = try await owner.create(.complete)
        _ = try await owner.importLeads("import-1", [.numbered(1), Lead()])
        let expected = [2, 5, 1, 1, 1]
        for (read, count) in zip(Self.reads, expected) {
            #expect(try await world.connections.batch(owner.scope) { $0.one(read, as: Int.self) } == count, "\(read)")
            #expect(try await world.connections.batch(stranger.scope) { $0.one(read, as: Int.self) } == 0, "\(read)")
            let nobody = Scope(tenant: nil, caller: "tester", requestID: "test", deadline: owner.scope.deadline)
            #expect(try await world.connections.batch(nobody) { $0.one(read, as: Int.self) } == 0, "\(read)")
        }
        for write in Self.writes {
            #expect(try await world.connections.batch(stranger.scope) { $0.execute(write) } == 0, "\(write)")
        }
        #expect(try await owner.export().allSatisfy { $0.notes != "taken" })
    }

    @Test("R8: nobody writes a row for another tenant, and nobody deletes a lead's row at all")
    func foreignRows() async throws {
        let world = try await LeadWorld.shared()
        let (owner, stranger) = (world.tenant(), world.tenant())
        let lead = try await owner.create(.ada)
        let insert: SQL = """
            INSERT INTO lead (tenant_id, id, first_name, last_name, email, created_at, updated_at)
            VALUES (\(owner.name), gen_random_uuid(), 'a', 'b', 'a@example.com', now(), now())
            """
        let move: SQL = "UPDATE lead SET tenant_id = \(owner.name)"
        _ = try await stranger.create(.ada)
        for statement in [insert, move, "DELETE FROM lead"] {
            let error = await #expect(throws: PostgresError.self) {
                try await world.connections.batch(stranger.scope) { $0.execute(statement) }
            }
            #expect(error?.kind == .insufficientPrivilege, "\(statement)")
        }
        #expect(try await owner.export() == [lead])
    }

    @Test("R38: the database refuses what breaks a rule, whoever writes it")
    func checks() async throws {
        let world = try await LeadWorld.shared()
        let tenant = world.tenant()
        _ = try await tenant.create(.complete)
        let wrong: [(SQL, String)] = [
            ("status = 'won'", "lead_status_follows"), ("score = 101", "lead_score"), ("first_name = ''", "lead_first_name"),
            ("last_name = repeat('x', 101)", "lead_last_name"), ("email = 'nobody'", "lead_email"), ("phone = '0123'", "lead_phone"),
            ("company = repeat('x', 201)", "lead_company"), ("linkedin_url = 'http://linkedin.com'", "lead_linkedin_url"),
            ("notes = repeat('x', 5001)", "lead_notes"), ("tags = array_fill('x'::text, ARRAY[51])", "lead_tags"),
            ("custom_fields = '[]'", "lead_custom_fields"), ("consent_given_at = NULL", "lead_consent"),
            ("lawful_basis = 'whim'", "lead_lawful_basis"), ("country = 'gb'", "lead_country"), ("version = 0", "lead_version"),
        ]
        for (assignment, constraint) in wrong {
            let error = await #expect(throws: PostgresError.self) {
                try await world.administration.batch(tenant.scope) {
                    $0.execute("UPDATE lead SET \(assignment) WHERE tenant_id = current_tenant()")
                }
            }
            #expect(error?.kind == .checkViolation, "\(assignment)")
            #expect(error?.constraint == constraint)
        }
    }

    @Test("R38: the database refuses a new lead in a status that there is not")
    func newStatus() async throws {
        let world = try await LeadWorld.shared()
        let error = await #expect(throws: PostgresError.self) {
            try await world.administration.batch(world.tenant().scope) {
                $0.execute(
                    """
                    INSERT INTO lead (tenant_id, id, first_name, last_name, email, status, created_at, updated_at)
                    VALUES (current_tenant(), gen_random_uuid(), 'a', 'b', 'a@example.com', 'won', now(), now())
                    """)
            }
        }
        #expect(error?.constraint == "lead_status")
    }

    @Test("R38: the database lets a lead move between statuses exactly as the service does")
    func transitions() async throws {
        let world = try await LeadWorld.shared()
        let tenant = world.tenant()
        let lead = try await tenant.create(.ada)
        for (from, fromWord) in LeadStatus.words {
            for (to, toWord) in LeadStatus.words {
                // Only the owner of the table can put a lead into any status, by switching the trigger off.
                try await world.administration.transaction(tenant.scope) { transaction in
                    transaction.enqueue("ALTER TABLE lead DISABLE TRIGGER lead_status_follows")
                    transaction.enqueue("UPDATE lead SET status = \(fromWord) WHERE tenant_id = current_tenant()")
                    transaction.enqueue("ALTER TABLE lead ENABLE TRIGGER lead_status_follows")
                }
                let moved = try? await world.administration.batch(tenant.scope) {
                    $0.execute("UPDATE lead SET status = \(toWord) WHERE tenant_id = current_tenant()")
                }
                #expect((moved == 1) == StatusTransition.isLegal(from: from, to: to), "\(fromWord) to \(toWord)")
            }
        }
        #expect(try await tenant.get(lead.id).id == lead.id)
    }
}
