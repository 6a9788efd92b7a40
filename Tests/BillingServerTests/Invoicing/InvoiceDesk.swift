import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

/// A tenant in Maharashtra that sells: a customer, a product of 18 %, one that is exempt, and rates with their sources.
struct InvoiceDesk: Sendable {
    let tenant: BillingTenant
    let customer: RecordID
    let lamp: RecordID
    let rice: RecordID
    /// In thousandths, of either product.
    private let stock: Int64
    var invoices: InvoiceServiceClient { InvoiceServiceClient(tenant.world.channel) }

    init(
        _ world: BillingWorld? = nil, stock: Int64 = 1_000_000, _ change: (inout BillingAPI.Seller) -> Void = { _ in }
    ) async throws {
        let world = if let world { world } else { try await BillingWorld.shared() }
        tenant = world.tenant()
        self.stock = stock
        try await tenant.sell(change)
        (customer, lamp, rice) = (LedgerTenant.newID(), LedgerTenant.newID(), LedgerTenant.newID())
        try await tenant.write(
            """
            INSERT INTO customer (tenant_id, id, name, kind, state_code, payment_days, created_at, updated_at)
            VALUES (current_tenant(), \(customer), 'Ada', 'unregistered', 27, 30, now(), now())
            """,
            """
            INSERT INTO tax_rate (tenant_id, hsn_prefix, effective_from, taxability, rate, cess, source, set_by, set_at) VALUES
                (current_tenant(), '94', '2017-07-01', 'taxable', 1800, 0, 'Notification 1/2017', 'test', now()),
                (current_tenant(), '1006', '2017-07-01', 'exempt', 0, 0, 'Notification 2/2017', 'test', now()),
                (current_tenant(), '2701', '2017-07-01', 'taxable', 0, 400, 'Notification 1/2017-Cess', 'test', now())
            """,
            """
            INSERT INTO product (
                tenant_id, id, name, sku, folded_name, words, hsn, unit, currency, price, is_stocked, created_at, updated_at
            ) VALUES
                (current_tenant(), \(lamp), 'Desk Lamp', 'LAMP-1', 'desk lamp', '{desk,lamp}', '9405', 'pcs', 'INR', 100050, true, now(), now()),
                (current_tenant(), \(rice), 'Basmati Rice', '', 'basmati rice', '{basmati,rice}', '1006', 'kg', 'INR', 9000, true, now(), now())
            """,
            """
            INSERT INTO stock_batch (tenant_id, id, product_id, received_on, expires_on, on_hand, value) VALUES
                (current_tenant(), \(LedgerTenant.newID()), \(lamp), '2025-01-01', NULL, \(stock), \(stock * 60)),
                (current_tenant(), \(LedgerTenant.newID()), \(rice), '2025-01-01', '2040-01-01', \(stock), \(stock * 7))
            """)
    }

    /// Two lamps and one and a half kilograms of rice.
    func content(_ change: (inout InvoiceContent) -> Void = { _ in }) -> InvoiceContent {
        var content = InvoiceContent()
        content.customerID = customer.description
        content.lines = [line(lamp, 2_000), line(rice, 1_500)]
        change(&content)
        return content
    }

    func line(_ product: RecordID, _ milli: Int64, _ change: (inout InvoiceContentLine) -> Void = { _ in }) -> InvoiceContentLine {
        .with {
            $0.productID = product.description
            $0.quantity = .with { $0.milli = milli }
            change(&$0)
        }
    }

    func unlisted(_ hsn: String, _ milli: Int64, _ price: Int64) -> InvoiceContentLine {
        .with {
            ($0.description, $0.hsn) = ("Something", hsn)
            $0.quantity = .with { $0.milli = milli }
            $0.unitPrice = .with { ($0.currencyCode, $0.minorUnits) = ("INR", price) }
        }
    }

    @discardableResult
    func issue(
        _ content: InvoiceContent? = nil, key: String = BillingTenant.newKey(), _ change: (inout IssueInvoiceRequest) -> Void = { _ in }
    ) async throws(RPCError) -> Invoice {
        var request = IssueInvoiceRequest()
        request.source = .invoice(content ?? self.content())
        change(&request)
        return try await invoices.issueInvoice(request, tenant.options(key: key))
    }

    func draft(_ content: InvoiceContent? = nil, key: String = BillingTenant.newKey()) async throws(RPCError) -> Invoice {
        try await invoices.createDraft(.with { $0.invoice = content ?? self.content() }, tenant.options(key: key))
    }

    @discardableResult
    func cancel(_ id: String, key: String = BillingTenant.newKey(), etag: String = "") async throws(RPCError) -> Invoice {
        try await invoices.cancelInvoice(
            .with { ($0.id, $0.reason, $0.etag) = (id, "a mistake", etag) }, tenant.options(key: key))
    }

    @discardableResult
    func credit(
        _ id: String, _ lines: [NoteContentLine] = [], returnStock: Bool = false, key: String = BillingTenant.newKey()
    ) async throws(RPCError) -> CreditNote {
        try await invoices.issueCreditNote(
            .with { ($0.invoiceID, $0.lines, $0.reason, $0.returnStock) = (id, lines, .goodsReturned, returnStock) },
            tenant.options(key: key))
    }

    @discardableResult
    func cancelNote(_ id: String, key: String = BillingTenant.newKey()) async throws(RPCError) -> CreditNote {
        try await invoices.cancelCreditNote(.with { ($0.id, $0.reason) = (id, "a mistake") }, tenant.options(key: key))
    }

    func get(_ id: String) async throws(RPCError) -> Invoice { try await invoices.getInvoice(.with { $0.id = id }, tenant.options()) }

    /// An account's debits less its credits, in paise; the customer's part where it has parts.
    func balance(_ account: AccountCode) async throws -> Int64 {
        try await tenant.world.administration.batch(tenant.scope) {
            $0.one(
                """
                SELECT coalesce(sum(debit - credit), 0)::bigint FROM ledger_balance
                WHERE tenant_id = current_tenant() AND account = \(Int32(truncatingIfNeeded: account.number))
                """)
        }
    }

    func stock(_ product: RecordID) async throws -> (milli: Int64, value: Int64) {
        let rows: [StockBatchRow] = try await tenant.world.administration.batch(tenant.scope) {
            $0.all("SELECT product_id, id, lot, received_on, expires_on, on_hand, value FROM stock_batch WHERE product_id = \(product)")
        }
        return (rows.reduce(0) { $0 + $1.batch.onHand.milli }, rows.reduce(0) { $0 + $1.batch.value })
    }

    /// What an attempt that is refused must leave as it was: rows of all that an invoice writes, and how far its series is.
    func traces() async throws -> Int {
        try await tenant.count(
            """
            SELECT ((SELECT count(*) FROM invoice WHERE tenant_id = current_tenant()) + (SELECT count(*) FROM invoice_line WHERE tenant_id = current_tenant())
                + (SELECT count(*) FROM ledger_journal WHERE tenant_id = current_tenant())
                + (SELECT count(*) FROM stock_movement WHERE tenant_id = current_tenant())
                + (SELECT count(*) FROM credit_note WHERE tenant_id = current_tenant())
                + (SELECT count(*) FROM outbox WHERE tenant_id = current_tenant())
                + (SELECT coalesce(sum(last_sequence), 0) FROM document_series WHERE tenant_id = current_tenant())
                + (SELECT coalesce(sum(version), 0) FROM invoice WHERE tenant_id = current_tenant()))::bigint
            """)
    }

    /// Σ debit = Σ credit, kept sums are the lines', and no number of any series is missing or drawn twice.
    func demandOrder(_ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let wrong: [BalanceRow] = try await tenant.world.connections.batch(tenant.scope) { $0.all(.wrongBalances) }
        #expect(wrong.isEmpty, comment, sourceLocation: sourceLocation)
        #expect(
            try await tenant.count("SELECT coalesce(sum(debit - credit), 0)::bigint FROM ledger_balance WHERE tenant_id = current_tenant()")
                == 0, comment, sourceLocation: sourceLocation)
        let gaps = try await tenant.count(
            """
            SELECT count(*) FROM document_series AS series WHERE tenant_id = current_tenant() AND last_sequence <> (
                SELECT count(DISTINCT sequence) FROM (
                    SELECT sequence, series, start_year FROM invoice WHERE tenant_id = current_tenant()
                    UNION ALL SELECT sequence, series, start_year FROM credit_note WHERE tenant_id = current_tenant()
                    UNION ALL SELECT sequence, series, start_year FROM payment WHERE tenant_id = current_tenant()
                    UNION ALL SELECT sequence, series, start_year FROM refund WHERE tenant_id = current_tenant()
                ) AS drawn WHERE drawn.series = series.prefix AND drawn.start_year = series.start_year AND sequence <= last_sequence
            )
            """)
        #expect(gaps == 0, comment, sourceLocation: sourceLocation)
        // What customers owe for each invoice is what its ledger says.
        let owed = try await tenant.count(
            """
            SELECT coalesce(sum(payable - paid - credited) FILTER (WHERE status IN ('issued', 'partial')), 0)::bigint FROM invoice
            WHERE tenant_id = current_tenant()
            """)
        #expect(try await balance(.receivable) == Int64(owed), comment, sourceLocation: sourceLocation)
        let sales = try await tenant.count(
            """
            SELECT coalesce(sum(taxable) FILTER (WHERE status IN ('issued', 'partial', 'paid')), 0)::bigint FROM invoice
            WHERE tenant_id = current_tenant()
            """)
        #expect(try await balance(.sales) == -Int64(sales), comment, sourceLocation: sourceLocation)
        // What is in stock is what was, with all its movements.
        let (milli, value): (Int64, Int64) = try await tenant.world.administration.batch(tenant.scope) {
            (
                $0.one(
                    "SELECT (sum(on_hand) - (SELECT coalesce(sum(quantity), 0) FROM stock_movement WHERE tenant_id = current_tenant()))::bigint FROM stock_batch WHERE tenant_id = current_tenant()"
                ),
                $0.one(
                    "SELECT (sum(value) - (SELECT coalesce(sum(value), 0) FROM stock_movement WHERE tenant_id = current_tenant()))::bigint FROM stock_batch WHERE tenant_id = current_tenant()"
                )
            )
        }
        #expect((milli, value) == (2 * stock, 67 * stock), comment, sourceLocation: sourceLocation)
        let moved = try await tenant.count("SELECT coalesce(sum(value), 0)::bigint FROM stock_movement WHERE tenant_id = current_tenant()")
        #expect(try await balance(.stock) == Int64(moved), comment, sourceLocation: sourceLocation)
    }
}

extension BillingTenant {
    /// As the superuser, in one transaction.
    func write(_ statements: SQL...) async throws(PostgresError) {
        try await world.administration.batch(scope) { batch in for statement in statements { batch.enqueue(statement) } }
    }

    /// What refuses it, as the role that serves or as the superuser; nil when nothing does.
    func constraint(against statement: SQL, asAdministrator: Bool) async -> String? {
        await refusal { () async throws(PostgresError) in
            try await (asAdministrator ? world.administration : world.connections).batch(scope) { $0.enqueue(statement) }
        }
    }
}
