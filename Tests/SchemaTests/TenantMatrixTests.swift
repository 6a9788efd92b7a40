import Testing

@testable import Postgres

/// Each table, each command, as the role that serves and for a tenant that the row does not belong to. No statement names a tenant, as
/// those of a careless author.
@Suite struct TenantMatrixTests {
    /// A row of the tenant in `$1` for each table, in an order in which they can be written.
    static let samples: KeyValuePairs<String, StaticString> = [
        "idempotency_key": """
        INSERT INTO idempotency_key (tenant_id, caller, key, fingerprint, reply)
        VALUES (TENANT, 'voice/ada', 'key-00001', decode(repeat('00', 32), 'hex'), '')
        """,
        "outbox": "INSERT INTO outbox (tenant_id, topic, subject, payload, request_id) VALUES (TENANT, 'a.B', 'c', '', 'request-1')",
        "job": """
        INSERT INTO job (tenant_id, id, queue, kind, payload, state, priority, run_at, rank, attempts_allowed, caller, request_id)
        VALUES (TENANT, gen_random_uuid(), 'default', 'mail', '', 'ready', 5, now(), now(), 3, 'voice/ada', 'request-1')
        """,
        "job_error": """
        INSERT INTO job_error (tenant_id, job_id, fence, attempt, class, message, occurred_at)
        SELECT TENANT, id, 1, 1, 'lost', 'gone', now() FROM job WHERE tenant_id = TENANT
        """,
        "job_slot": "INSERT INTO job_slot (tenant_id, schedule, slot) VALUES (TENANT, 'nightly', now())",
        "delivery": """
        INSERT INTO delivery (tenant_id, id, dedupe_key, channel, recipient, fields, created_at, changed_at)
        VALUES (TENANT, gen_random_uuid(), 'bill 17', 'sms', '+919876543210', '{text,x}', now(), now())
        """,
        "one_time_password": """
        INSERT INTO one_time_password (tenant_id, purpose, subject_hash, salt, code_hash, expires_at)
        VALUES (TENANT, 'erase', decode(repeat('00', 32), 'hex'), decode(repeat('00', 16), 'hex'), decode(repeat('00', 32), 'hex'), now())
        """,
        "one_time_password_request": """
        INSERT INTO one_time_password_request (tenant_id, subject_hash, requested_at)
        VALUES (TENANT, decode(repeat('00', 32), 'hex'), ARRAY[now()])
        """,
        "tenant": "INSERT INTO tenant (tenant_id) VALUES (TENANT)",
        "revoked_token": "INSERT INTO revoked_token (tenant_id, token_id, expires_at) VALUES (TENANT, '1', now())",
        "subject_epoch": "INSERT INTO subject_epoch (tenant_id, subject, not_before) VALUES (TENANT, 'ada', now())",
        "principal": "INSERT INTO principal (tenant_id, subject, service, expires_at) VALUES (TENANT, 'ada', '', now())",
        "token_grant": """
        INSERT INTO token_grant (tenant_id, id, subject, actors, scopes, expires_at)
        VALUES (TENANT, gen_random_uuid(), 'ada', '{voice}', '{lead:read}', now() + interval '1 day')
        """,
        "quota": """
        INSERT INTO quota (tenant_id, kind, name, class, per_period, burst) VALUES (TENANT, 'principal', 'ada', 'read', 6000, 600)
        """,
        "quota_lease": """
        INSERT INTO quota_lease (tenant_id, kind, name, class, process_id, units, wanted, owed_until)
        VALUES (TENANT, 'principal', 'ada', 'read', gen_random_uuid(), 300, 1, now())
        """,
        "lead": """
        INSERT INTO lead (tenant_id, id, first_name, last_name, email, tags, created_at, updated_at)
        VALUES (TENANT, gen_random_uuid(), 'Ada', 'Lovelace', 'ada@example.com', '{}', now(), now())
        """,
        "lead_tag": "INSERT INTO lead_tag (tenant_id, tag, lead_id) SELECT TENANT, 'vip', id FROM lead WHERE tenant_id = TENANT",
        "lead_import": """
        INSERT INTO lead_import (tenant_id, import_id, digest, started_at) VALUES (TENANT, 'import-1', decode(repeat('00', 32), 'hex'), now())
        """,
        "lead_import_refusal":
            "INSERT INTO lead_import_refusal (tenant_id, import_id, row_number, error) VALUES (TENANT, 'import-1', 1, '')",
        // A journal and its lines are committed together or not at all, so that one statement writes both; sums of them are rows as well.
        "ledger_journal": journal,
        "ledger_line": journal,
        "ledger_balance": """
        INSERT INTO ledger_balance (tenant_id, account, party_id, currency, debit, credit)
        VALUES (TENANT, 9000, '00000000-0000-0000-0000-000000000000', 'INR', 1, 0)
        """,
        "ledger_day": """
        INSERT INTO ledger_day (tenant_id, account, currency, effective_on, debit, credit) VALUES (TENANT, 9000, 'INR', '2025-10-01', 1, 0)
        """,
        "ledger_seal": """
        INSERT INTO ledger_seal (
            tenant_id, number, previous_digest, digest, first_posted_in, first_id, last_posted_in, last_id, journal_count, contents
        ) SELECT TENANT, 1, digest, digest, '1', '00000000-0000-0000-0000-000000000001', '1', '00000000-0000-0000-0000-000000000001', 1,
            decode(repeat('00', 48), 'hex')
        FROM (SELECT decode(repeat('00', 32), 'hex') AS digest) AS zeros
        """,
        "ledger_period": "INSERT INTO ledger_period (tenant_id, month, is_closed, closed_by) VALUES (TENANT, '2020-01-01', true, 'ada')",
        "tax_period": """
        INSERT INTO tax_period (tenant_id, month, filed_by) SELECT TENANT, month, 'ada' FROM ledger_period WHERE tenant_id = TENANT
        """,
        "seller":
            "INSERT INTO seller (tenant_id, legal_name, state_code, time_zone, updated_at) VALUES (TENANT, 'Acme', 27, 'Asia/Kolkata', now())",
        "customer": """
        INSERT INTO customer (tenant_id, id, name, kind, created_at, updated_at)
        VALUES (TENANT, gen_random_uuid(), 'Ada', 'unregistered', now(), now())
        """,
        "contact_preference": """
        INSERT INTO contact_preference (
            tenant_id, customer_id, quiet_from, quiet_until, weekly_cap, monthly_cap, channels, is_opted_out, updated_at
        ) SELECT TENANT, id, 1260, 540, 3, 10, '{email}', false, now() FROM customer WHERE tenant_id = TENANT
        """,
        "reminder": """
        INSERT INTO reminder (
            tenant_id, id, customer_id, kind, text, channels, time_zone, first_on, first_minute, state, due_at, created_at, updated_at
        )
        SELECT TENANT, gen_random_uuid(), id, 'follow_up', '', '{email}', 'Asia/Kolkata', '2025-10-01', 600, 'pending', now(), now(), now()
        FROM customer WHERE tenant_id = TENANT
        """,
        "reminder_occurrence": """
        INSERT INTO reminder_occurrence (tenant_id, id, reminder_id, due_at, run_at, changed_at)
        SELECT TENANT, gen_random_uuid(), id, now(), now(), now() FROM reminder WHERE tenant_id = TENANT
        """,
        "document_series": "INSERT INTO document_series (tenant_id, prefix, start_year, last_sequence) VALUES (TENANT, 'INV', 2025, 1)",
        "product": """
        INSERT INTO product (
            tenant_id, id, name, folded_name, words, hsn, unit, currency, price, is_stocked, created_at, updated_at
        ) VALUES (TENANT, gen_random_uuid(), 'Rice', 'rice', '{rice}', '1006', 'kg', 'INR', 6000, true, now(), now())
        """,
        "tax_rate": """
        INSERT INTO tax_rate (tenant_id, hsn_prefix, effective_from, taxability, rate, source, set_by, set_at)
        VALUES (TENANT, '10', '2025-09-22', 'taxable', 500, 'Notification 9/2025', 'voice/ada', now())
        """,
        "stock_batch": """
        INSERT INTO stock_batch (tenant_id, id, product_id, received_on, on_hand, value)
        SELECT TENANT, gen_random_uuid(), id, '2025-10-01', 1000, 50 FROM product WHERE tenant_id = TENANT
        """,
        "stock_movement": """
        INSERT INTO stock_movement (
            tenant_id, id, product_id, batch_id, kind, quantity, on_hand, value, document_kind, document_id, moved_by, moved_at
        )
        SELECT TENANT, gen_random_uuid(), product_id, id, 'purchase', 1000, 1000, 50, 'stock_movement', gen_random_uuid(), 'voice/ada', now()
        FROM stock_batch WHERE tenant_id = TENANT
        """,
        "stock_reservation": """
        INSERT INTO stock_reservation (tenant_id, id, product_id, quantity, document_id, reserved_by, reserved_at, expires_at)
        SELECT TENANT, gen_random_uuid(), id, 1, gen_random_uuid(), 'voice/ada', now(), now() FROM product WHERE tenant_id = TENANT
        """,
        // So are an invoice and its lines, and a note and its lines.
        "invoice": invoice,
        "invoice_line": invoice,
        "credit_note": note,
        "credit_note_line": note,
        "payment_receipt": """
        INSERT INTO payment_receipt (
            tenant_id, id, provider, event_id, method, currency, amount, received_on, journal_id, created_at, updated_at, created_by
        )
        SELECT TENANT, gen_random_uuid(), 'razorpay', 'event-1', 'upi', 'INR', 1, '2025-10-01', id, now(), now(), 'ada'
        FROM ledger_journal WHERE tenant_id = TENANT LIMIT 1
        """,
        // A payment is committed with its parts or not at all, so that one statement writes all of them.
        "payment": payment,
        "payment_tender": payment,
        "refund": """
        WITH payment AS (
            UPDATE payment SET refunded = 1, unallocated = 1, status = 'partially_refunded', version = version + 1
            WHERE tenant_id = TENANT AND id = (
                SELECT id FROM payment WHERE tenant_id = TENANT AND status = 'completed' AND unallocated = 2 LIMIT 1
            ) RETURNING id
        )
        INSERT INTO refund (
            tenant_id, id, payment_id, series, start_year, sequence, number, method, amount, reason, refunded_on, journal_id, created_at,
            created_by
        )
        SELECT TENANT, gen_random_uuid(), id, 'RFD', 2025, 1, 'RFD2526/000001', 'cash', 1, 'why', '2025-10-02',
            (SELECT id FROM ledger_journal WHERE tenant_id = TENANT LIMIT 1), now(), 'ada'
        FROM payment
        """,
        "payment_allocation": """
        WITH bill AS (
            INSERT INTO invoice (
                tenant_id, id, status, customer_id, series, start_year, sequence, number, issued_on, due_on, buyer_kind, nature, currency,
                gross, discount, taxable, cgst, sgst, igst, cess, round_off, payable, line_count, created_at, updated_at, issued_at, issued_by
            )
            SELECT TENANT, gen_random_uuid(), 'issued', id, 'PAY', 2025, 1, 'PAY2526/000001', '2025-10-01', '2025-10-01', 'unregistered',
                'intra_state', 'INR', 2, 0, 2, 0, 0, 0, 0, 0, 2, 1, now(), now(), now(), 'ada'
            FROM customer WHERE tenant_id = TENANT LIMIT 1 RETURNING id
        )
        INSERT INTO invoice_line (
            tenant_id, invoice_id, number, description, hsn, unit, quantity, unit_price, is_inclusive, gross, discount, bill_discount, taxable,
            tax_rate_id, taxability, rate, cess_rate, cgst, sgst, igst, cess
        )
        SELECT TENANT, bill.id, 1, 'Rice', '1006', 'kg', 1000, 2, false, 2, 0, 0, 2, tax_rate.id, 'exempt', 0, 0, 0, 0, 0, 0
        FROM bill, tax_rate WHERE tax_rate.tenant_id = TENANT LIMIT 1;
        WITH paid AS (
            UPDATE invoice SET paid = 1, version = version + 1, status = 'partial' WHERE tenant_id = TENANT AND number = 'PAY2526/000001'
            RETURNING id, customer_id
        ), payment AS (
            INSERT INTO payment (
                tenant_id, id, status, customer_id, series, start_year, sequence, number, currency, amount, allocated, allocation_count,
                paid_on, created_at, updated_at, created_by
            )
            SELECT TENANT, gen_random_uuid(), 'completed', customer_id, 'RCP', 2025, 2, 'RCP2526/000002', 'INR', 1, 1, 1, '2025-10-01', now(),
                now(), 'ada'
            FROM paid RETURNING id
        ), tender AS (
            INSERT INTO payment_tender (tenant_id, payment_id, number, method, amount) SELECT TENANT, id, 1, 'cash', 1 FROM payment
        )
        INSERT INTO payment_allocation (tenant_id, payment_id, number, invoice_id, amount, journal_id, allocated_at)
        SELECT TENANT, payment.id, 1, paid.id, 1, (SELECT id FROM ledger_journal WHERE tenant_id = TENANT LIMIT 1), now() FROM payment, paid
        """,
        "plan": """
        INSERT INTO plan (tenant_id, id, code, name, kind, created_at, updated_at)
        VALUES (TENANT, gen_random_uuid(), 'solo', 'Solo', 'base', now(), now())
        """,
        "plan_version": """
        INSERT INTO plan_version (tenant_id, plan_id, number, effective_from, terms, created_at, created_by)
        SELECT TENANT, id, 1, '2025-10-01', '', now(), 'ada' FROM plan WHERE tenant_id = TENANT
        """,
        "subscription": """
        INSERT INTO subscription (tenant_id, id, customer_id, funding, started_on, anchored_on, created_at, updated_at)
        SELECT TENANT, gen_random_uuid(), id, 'advance', '2025-10-01', '2025-10-01', now(), now() FROM customer WHERE tenant_id = TENANT LIMIT 1
        """,
        "subscription_phase": """
        INSERT INTO subscription_phase (tenant_id, subscription_id, from_day, plan_id, billing_interval)
        SELECT TENANT, subscription.id, '2025-10-01', plan.id, 'month' FROM subscription JOIN plan USING (tenant_id) WHERE tenant_id = TENANT
        """,
        "entitlement_override": """
        INSERT INTO entitlement_override (tenant_id, id, customer_id, feature, is_on, from_day, reason, granted_by, created_at)
        SELECT TENANT, gen_random_uuid(), id, 'sso', true, '2025-10-01', 'why', 'ada', now() FROM customer WHERE tenant_id = TENANT LIMIT 1
        """,
        "usage_total": """
        INSERT INTO usage_total (tenant_id, subscription_id, meter, period_from, period_through, units)
        SELECT TENANT, id, 'storage', '2025-10-01', '2025-10-31', 1 FROM subscription WHERE tenant_id = TENANT
        """,
        "usage_event": """
        INSERT INTO usage_event (tenant_id, transaction_id, subscription_id, meter, period_from, units, used_at, created_at)
        SELECT TENANT, 'event-0001', id, 'storage', '2025-10-01', 1, now(), now() FROM subscription WHERE tenant_id = TENANT
        """,
        "meeting": """
        INSERT INTO meeting (
            tenant_id, id, subscription_id, calendar_event_id, starts_at, month, deal_value, fee, created_at, updated_at
        )
        SELECT TENANT, gen_random_uuid(), id, 'event-1', now(), '2025-10-01', 1, 1, now(), now() FROM subscription WHERE tenant_id = TENANT
        """,
        "bill_line": """
        INSERT INTO bill_line (
            tenant_id, invoice_id, line_number, subscription_id, kind, period_from, period_through, plan_id, plan_version
        )
        SELECT TENANT, invoice_id, invoice_line.number, subscription.id, 'recurring', '2025-10-01', '2025-10-31', plan_id, plan_version.number
        FROM invoice_line JOIN subscription USING (tenant_id) JOIN plan_version USING (tenant_id) WHERE tenant_id = TENANT LIMIT 1
        """,
    ]

    private static let payment: StaticString = """
        WITH payment AS (
            INSERT INTO payment (
                tenant_id, id, status, customer_id, series, start_year, sequence, number, currency, amount, unallocated, paid_on, created_at,
                updated_at, created_by
            )
            SELECT TENANT, gen_random_uuid(), 'completed', id, 'RCP', 2025, sequence, 'RCP2526/1' || sequence, 'INR', 2, 2, '2025-10-01',
                now(), now(), 'ada'
            FROM customer, (SELECT 100000 + count(*) AS sequence FROM payment WHERE tenant_id = TENANT) AS next
            WHERE tenant_id = TENANT LIMIT 1 RETURNING id
        )
        INSERT INTO payment_tender (tenant_id, payment_id, number, method, amount) SELECT TENANT, id, 1, 'cash', 2 FROM payment
        """

    private static let journal: StaticString = """
        WITH journal AS (
            INSERT INTO ledger_journal (tenant_id, id, effective_on, document_kind, document_id, posted_by, line_count)
            VALUES (TENANT, gen_random_uuid(), '2025-10-01', 'manual', gen_random_uuid(), 'ada', 2)
            RETURNING tenant_id, id, effective_on, line_count
        )
        INSERT INTO ledger_line (tenant_id, journal_id, number, effective_on, line_count, account, currency, debit, credit)
        SELECT tenant_id, id, number, effective_on, line_count, 1000, 'INR', 2 - number, number - 1
        FROM journal CROSS JOIN generate_series(1, 2) AS number
        """

    private static let invoice: StaticString = """
        WITH written AS (
            INSERT INTO invoice (
                tenant_id, id, status, customer_id, series, buyer_kind, nature, currency, gross, discount, taxable, cgst, sgst, igst, cess,
                round_off, payable, line_count, created_at, updated_at
            ) SELECT TENANT, gen_random_uuid(), 'draft', id, 'INV', 'unregistered', 'composition', 'INR', 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, now(), now()
            FROM customer WHERE tenant_id = TENANT LIMIT 1
            RETURNING tenant_id, id
        )
        INSERT INTO invoice_line (
            tenant_id, invoice_id, number, description, hsn, unit, quantity, unit_price, is_inclusive, gross, discount, bill_discount, taxable,
            tax_rate_id, taxability, rate, cess_rate, cgst, sgst, igst, cess
        )
        SELECT TENANT, written.id, 1, 'Lamp', '9405', 'pcs', 1000, 1, false, 1, 0, 0, 1, tax_rate.id, 'taxable', 0, 0, 0, 0, 0, 0
        FROM written JOIN tax_rate USING (tenant_id) LIMIT 1
        """

    private static let note: StaticString = """
        WITH written AS (
            INSERT INTO credit_note (
                tenant_id, id, status, series, start_year, sequence, number, issued_on, invoice_id, customer_id, payer_id, reason, currency,
                taxable, cgst, sgst, igst, cess, round_off, total, to_receivable, to_advance, returned_stock, line_count, issued_at, issued_by,
                updated_at
            ) SELECT TENANT, gen_random_uuid(), 'issued', 'CRN', 2025, 1 + (SELECT count(*) FROM credit_note WHERE tenant_id = TENANT),
                'CRN2526/' || (SELECT count(*) FROM credit_note WHERE tenant_id = TENANT), '2025-10-01', id, customer_id, customer_id, 'other',
                'INR', 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 1, now(), 'ada', now()
            FROM invoice WHERE tenant_id = TENANT LIMIT 1
            RETURNING tenant_id, id, invoice_id
        )
        INSERT INTO credit_note_line (tenant_id, credit_note_id, invoice_id, line_number, quantity, taxable, cgst, sgst, igst, cess)
        SELECT tenant_id, id, invoice_id, 1, 0, 0, 0, 0, 0, 0 FROM written
        """

    static func sample(_ text: StaticString, of tenant: StaticString) -> String {
        text.description.split(separator: "TENANT", omittingEmptySubsequences: false).joined(separator: "'\(tenant)'")
    }

    /// What a statement did: the rows it wrote or counted, or nil when it was refused.
    private static func rows(_ statement: String, _ session: Session) throws -> Int? {
        do throws(PostgresError) {
            let result = try session.executeScript(statement)
            return result.affectedRows
        } catch {
            guard error.kind == .insufficientPrivilege else { throw error }
            return nil
        }
    }

    @Test("R8 · No tenant reads, changes, removes or forges a row of another, and without a tenant there is none to read")
    func matrix() async throws {
        let world = try await SchemaWorld()
        let tables = try world.words(
            "SELECT relname::text FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'tenant_id' WHERE relkind IN ('r', 'p') ORDER BY 1"
        )
        #expect(tables == Self.samples.map(\.key).sorted(), "give each table a sample row")
        // First of all as the superuser, so that it does not matter what the role that serves may insert where.
        for (_, sample) in Self.samples { try world.catalogue.executeScript(Self.sample(sample, of: "b")) }

        var written: [String: Int] = [:]
        for (table, _) in Self.samples { written[table] = try Self.count(table, world) }
        #expect(written.values.allSatisfy { $0 > 0 })

        let (stranger, owner) = (try world.application(tenant: "a"), try world.application(tenant: "b"))
        let nobodies = [try world.application(tenant: nil), try world.application(tenant: "")]
        for (table, sample) in Self.samples {
            let mayRead = try Self.rows("SELECT FROM \(table)", owner) != nil
            #expect(try Self.rows("SELECT FROM \(table)", owner) ?? written[table] == written[table], "\(table)")
            for session in [stranger] + nobodies {
                #expect(try Self.rows("SELECT FROM \(table)", session) == (mayRead ? 0 : nil), "\(table)")
                #expect(try Self.rows("UPDATE \(table) SET tenant_id = tenant_id", session) ?? 0 == 0, "\(table)")
                #expect(try Self.rows("DELETE FROM \(table)", session) ?? 0 == 0, "\(table)")
                // Written with a query it finds nothing to write, otherwise it is refused.
                #expect(try Self.rows(Self.sample(sample, of: "b"), session) ?? 0 == 0, "\(table)")
            }
            // Nor can its own tenant give a row away.
            #expect(try Self.rows("UPDATE \(table) SET tenant_id = 'a'", owner) == nil, "\(table)")
        }
        for (table, _) in Self.samples { #expect(try Self.count(table, world) == written[table], "\(table)") }
    }

    /// The rows of tenant b, as the superuser sees them.
    private static func count(_ table: String, _ world: SchemaWorld) throws -> Int {
        try world.catalogue.execute(
            "SELECT (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I WHERE tenant_id = ''b''', \(table)), false, true, '')))[1]::text::bigint"
        ).one()
    }

    @Test("R8 · The next transaction on a connection has no tenant")
    func nextBorrower() async throws {
        let world = try await SchemaWorld()
        try world.catalogue.executeScript(Self.sample(Self.samples.first { $0.key == "lead" }?.value ?? "", of: "b"))
        let session = try world.application(tenant: nil)
        try session.executeScript("BEGIN; SELECT set_config('app.tenant', 'b', true)")
        #expect(try session.execute("SELECT id FROM lead").rowCount == 1)
        try session.executeScript("COMMIT")
        #expect(try session.execute("SELECT id FROM lead").rowCount == 0)
        let isNobody: Bool = try session.execute("SELECT current_setting('app.tenant') = '' AND current_tenant() IS NULL").one()
        #expect(isNobody)
    }
}
