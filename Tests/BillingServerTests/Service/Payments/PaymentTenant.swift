import BillingAPI
import Postgres
import Protobuf
import RPC
import Resources
import TestSupport

@testable import BillingServer

/// How tests of payments call, and what stands in the tables after it.
extension BillingTenant {
    var payments: PaymentServiceClient { PaymentServiceClient(world.channel) }

    /// A tenant that sells, with a rate for its invoices' lines.
    static func selling(_ world: BillingWorld) async throws -> BillingTenant {
        let tenant = world.tenant()
        try await tenant.sell()
        try await tenant.run(
            """
            INSERT INTO tax_rate (tenant_id, hsn_prefix, effective_from, taxability, rate, source, set_by, set_at)
            VALUES (current_tenant(), '10', '2017-07-01', 'exempt', 0, 'Notification 2/2017', 'test', now())
            """)
        return tenant
    }

    static func selling() async throws -> BillingTenant { try await selling(BillingWorld.shared()) }

    /// Statements in one transaction, as the superuser.
    func run(_ statements: SQL...) async throws {
        try await world.administration.batch(scope) { batch in
            for statement in statements { batch.enqueue(statement) }
        }
    }

    func newCustomer(mergedInto other: RecordID? = nil) async throws -> RecordID {
        let id = world.office.clock.newID()
        try await run(
            """
            INSERT INTO customer (tenant_id, id, name, kind, created_at, updated_at, merged_into)
            VALUES (current_tenant(), \(id), 'Customer', 'unregistered', now(), now(), \(other))
            """)
        return id
    }

    /// An invoice of one line without tax, and what it posts.
    @discardableResult
    func issue(
        _ number: Int, _ payable: Int64, to customer: RecordID, due: String = "2026-10-31", in currency: Currency = .inr
    ) async throws -> RecordID {
        let id = world.office.clock.newID()
        let sequence = Int64(number)
        let money = Money(minorUnits: payable, currency)
        let posting = try Posting(
            id: world.office.clock.newID(),
            journal: Journal([JournalLine(.debit, Account(.receivable, of: customer), money), JournalLine(.credit, Account(.sales), money)]
            ),
            effectiveOn: CivilDate(known: "2026-10-01"), document: .init(kind: .invoice, id: id), postedBy: "test")
        try await run(
            .postJournal(posting),
            """
            INSERT INTO invoice (
                tenant_id, id, status, customer_id, series, start_year, sequence, number, issued_on, due_on, buyer_kind, nature, currency,
                gross, discount, taxable, cgst, sgst, igst, cess, round_off, payable, line_count, journal_id, created_at, updated_at, issued_at,
                issued_by
            ) VALUES (
                current_tenant(), \(id), 'issued', \(customer), 'INV', 2026, \(sequence), 'INV2627/' || lpad(\(sequence)::text, 6, '0'),
                '2026-10-01', \(CivilDate(known: due)), 'unregistered', 'intra_state', \(currency.code), \(payable), 0, \(payable), 0, 0, 0, 0,
                0, \(payable), 1, \(posting.id), now(), now(), now(), 'test'
            )
            """,
            """
            INSERT INTO invoice_line (
                tenant_id, invoice_id, number, description, hsn, unit, quantity, unit_price, is_inclusive, gross, discount, bill_discount,
                taxable, tax_rate_id, taxability, rate, cess_rate, cgst, sgst, igst, cess
            )
            SELECT current_tenant(), \(id), 1, 'Rice', '1006', 'kg', 1000, \(payable), false, \(payable), 0, 0, \(payable), id, 'exempt', 0, 0,
                0, 0, 0, 0
            FROM tax_rate WHERE tenant_id = current_tenant() LIMIT 1
            """)
        return id
    }

    func request(
        _ amount: Int64, from customer: RecordID, in currency: Currency = .inr, _ change: (inout RecordPaymentRequest) -> Void = { _ in }
    ) -> RecordPaymentRequest {
        .with {
            $0.customerID = customer.description
            $0.amount = BillingAPI.Money(amount, currency)
            $0.tenders = [.with { ($0.method, $0.amount) = (.cash, BillingAPI.Money(amount, currency)) }]
            change(&$0)
        }
    }

    @discardableResult
    func pay(
        _ amount: Int64, from customer: RecordID, in currency: Currency = .inr, _ change: (inout RecordPaymentRequest) -> Void = { _ in }
    ) async throws(RPCError) -> BillingAPI.Payment {
        try await payments.recordPayment(request(amount, from: customer, in: currency, change), options(key: Self.newKey()))
    }

    @discardableResult
    func payExplicitly(
        _ amount: Int64, from customer: RecordID, _ shares: [(RecordID, Int64)]
    ) async throws(RPCError) -> BillingAPI.Payment {
        try await pay(amount, from: customer) {
            $0.strategy = .explicit
            $0.shares = shares.map { share in .with { ($0.invoiceID, $0.amount) = (share.0.description, BillingAPI.Money(share.1, .inr)) } }
        }
    }

    @discardableResult
    func reverse(
        _ payment: BillingAPI.Payment, _ cause: ReversalCause = .bounced, key: String = newKey()
    ) async throws(RPCError) -> BillingAPI.Payment {
        try await payments.reversePayment(.with { ($0.id, $0.cause, $0.reason) = (payment.id, cause, "it bounced") }, options(key: key))
    }

    @discardableResult
    func refund(_ amount: Int64, of payment: BillingAPI.Payment, in currency: Currency = .inr) async throws(RPCError) -> BillingAPI.Payment
    {
        try await payments.refundPayment(
            .with {
                ($0.id, $0.method, $0.reason) = (payment.id, .cash, "not wanted")
                $0.amount = BillingAPI.Money(amount, currency)
            }, options(key: Self.newKey()))
    }

    @discardableResult
    func applyCredit(
        of customer: RecordID, _ shares: [(BillingAPI.Payment, RecordID, Int64)] = []
    ) async throws(RPCError) -> ApplyCreditReply {
        try await payments.applyCredit(
            .with {
                ($0.customerID, $0.currencyCode) = (customer.description, "INR")
                $0.shares = shares.map { share in
                    .with { ($0.paymentID, $0.invoiceID, $0.amount) = (share.0.id, share.1.description, BillingAPI.Money(share.2, .inr)) }
                }
            }, options(key: Self.newKey()))
    }

    func get(_ payment: BillingAPI.Payment) async throws(RPCError) -> BillingAPI.Payment {
        try await payments.getPayment(.with { $0.id = payment.id }, options())
    }
}

/// What a tenant's documents and ledger say, without the times at which it came to be so.
struct MoneyState: Equatable, Sendable {
    var invoices: [String]
    var payments: [String]
    var accounts: [String]
}

extension BillingTenant {
    /// - Parameter reversed: whether payments that were taken back are named.
    func moneyState(withReversed reversed: Bool = true) async throws -> MoneyState {
        let (invoices, payments, accounts) = try await world.administration.batch(scope) { batch in
            (
                batch.all(
                    "SELECT number || ' ' || status || ' ' || paid FROM invoice WHERE tenant_id = current_tenant() ORDER BY number",
                    as: String.self),
                batch.all(
                    """
                    SELECT id || ' ' || status || ' ' || concat_ws('/', amount, allocated, unallocated, refunded) || ' ' || coalesce((
                        SELECT string_agg(invoice_id || ':' || amount, ',' ORDER BY number) FROM payment_allocation
                        WHERE payment_allocation.tenant_id = payment.tenant_id AND payment_id = payment.id AND released_by IS NULL
                    ), '') FROM payment WHERE tenant_id = current_tenant() AND (\(reversed) OR status <> 'reversed') ORDER BY id
                    """, as: String.self),
                batch.all(
                    """
                    SELECT concat_ws(' ', account, party_id, currency, debit - credit) FROM ledger_balance
                    WHERE tenant_id = current_tenant() AND debit <> credit ORDER BY account, party_id, currency
                    """, as: String.self)
            )
        }
        return MoneyState(invoices: invoices, payments: payments, accounts: accounts)
    }

    /// Everything that was ever written, by table: what must not change when a call is refused.
    func rowCounts() async throws -> [Int] {
        try await world.administration.batch(scope) { batch in
            batch.all(
                """
                SELECT count(*) FROM payment WHERE tenant_id = current_tenant() UNION ALL
                SELECT count(*) FROM payment_tender WHERE tenant_id = current_tenant() UNION ALL
                SELECT count(*) FROM payment_allocation WHERE tenant_id = current_tenant() UNION ALL
                SELECT count(*) FROM payment_receipt WHERE tenant_id = current_tenant() UNION ALL
                SELECT count(*) FROM refund WHERE tenant_id = current_tenant() UNION ALL
                SELECT count(*) FROM ledger_journal WHERE tenant_id = current_tenant() UNION ALL
                SELECT coalesce(sum(last_sequence), 0)::bigint FROM document_series WHERE tenant_id = current_tenant() UNION ALL
                SELECT count(*) FROM outbox WHERE tenant_id = current_tenant() UNION ALL
                SELECT count(*) FROM idempotency_key WHERE tenant_id = current_tenant() UNION ALL
                SELECT coalesce(sum(version), 0)::bigint FROM invoice WHERE tenant_id = current_tenant()
                """, as: Int.self)
        }
    }

    /// The account's debits less its credits.
    func balance(of code: AccountCode, _ customer: RecordID? = nil, in currency: Currency = .inr) async throws -> Int64 {
        let account = try Account(code, of: customer)
        let rows: [BalanceRow] = try await world.connections.batch(scope) { $0.all(.balances(of: account)) }
        return rows.first { $0.currency == currency }.map { $0.debit - $0.credit } ?? 0
    }

    /// The status of an invoice and what of it is paid.
    func invoice(_ id: RecordID) async throws -> String {
        try await world.administration.batch(scope) {
            $0.one("SELECT status || ' ' || paid FROM invoice WHERE tenant_id = current_tenant() AND id = \(id)")
        }
    }

    /// Debits are credits, kept sums are the lines', and each document is the sum of its parts.
    func isSound() async throws -> Bool {
        let wrong: [BalanceRow] = try await world.connections.batch(scope) { $0.all(.wrongBalances) }
        let unbalanced = try await count(
            "SELECT count(*) FROM (SELECT FROM ledger_line WHERE tenant_id = current_tenant() GROUP BY currency HAVING sum(debit) <> sum(credit)) x"
        )
        let unpaid = try await count(
            """
            SELECT count(*) FROM invoice WHERE tenant_id = current_tenant() AND paid <> (
                SELECT coalesce(sum(amount), 0) FROM payment_allocation
                WHERE payment_allocation.tenant_id = invoice.tenant_id AND invoice_id = invoice.id AND released_by IS NULL)
            """)
        // What customers owe by the ledger is what is open of their invoices, and their advances are what payments have left.
        let drifting = try await count(
            """
            SELECT count(*) FROM customer WHERE tenant_id = current_tenant() AND (
                SELECT coalesce(sum(debit - credit), 0) FROM ledger_balance
                WHERE tenant_id = current_tenant() AND account = 1100 AND party_id = customer.id
            ) <> (
                SELECT coalesce(sum(payable - paid - credited), 0) FROM invoice
                WHERE tenant_id = current_tenant() AND customer_id = customer.id AND status IN ('issued', 'partial', 'paid')
            ) OR tenant_id = current_tenant() AND (
                SELECT coalesce(sum(credit - debit), 0) FROM ledger_balance
                WHERE tenant_id = current_tenant() AND account = 2200 AND party_id = customer.id
            ) <> (
                SELECT coalesce(sum(unallocated), 0) FROM payment WHERE tenant_id = current_tenant() AND customer_id = customer.id
            )
            """)
        return wrong.isEmpty && unbalanced == 0 && unpaid == 0 && drifting == 0
    }
}
