internal import Postgres
internal import Resources

/// What an invoice is made from, as the statements that read for it name it: before the first answer has come, ids that only the database knows
/// are parts of statements.
enum InvoiceSource: Hashable, Sendable {
    case content(InvoiceDraft)
    /// A draft or a proforma.
    case document(RecordID)

    /// Whose invoice it is.
    var customer: SQL {
        switch self {
        case .content(let draft): "\(draft.customer)"
        case .document(let id): "(SELECT customer_id FROM invoice WHERE tenant_id = current_tenant() AND id = \(id))"
        }
    }

    /// The condition that products meet which its lines name.
    fileprivate var namesProduct: SQL {
        switch self {
        case .content(let draft):
            let names = draft.lines.compactMap { if case .named(let name) = $0.item { name } else { nil } }
            let codes = names.map(ProductCode.folded)
            if names.isEmpty { return "id = ANY(\(draft.productIDs))" }
            return """
                (id = ANY(\(draft.productIDs)) OR archived_at IS NULL AND (
                    folded_name = ANY(\(names.map { ProductName($0).folded })) OR lower(sku) = ANY(\(codes)) OR lower(barcode) = ANY(\(codes))
                ))
                """
        case .document(let id):
            return "id IN (SELECT product_id FROM invoice_line WHERE tenant_id = current_tenant() AND invoice_id = \(id))"
        }
    }

    /// The codes of its lines that are not their products'.
    fileprivate var codes: SQL {
        switch self {
        case .content(let draft): "SELECT unnest(\(draft.lines.compactMap { $0.hsn?.description })) AS hsn"
        case .document(let id): "SELECT hsn FROM invoice_line WHERE tenant_id = current_tenant() AND invoice_id = \(id)"
        }
    }

    /// Whose promises do not count, since they are what is taken; none when it is no document yet.
    fileprivate var document: RecordID {
        if case .document(let id) = self { id } else { .none }
    }
}

extension InvoiceDraft {
    fileprivate var productIDs: [RecordID] { lines.compactMap { if case .product(let id) = $0.item { id } else { nil } } }
}

/// The statements that read what an invoice follows from, in the order in which rows are held: customer, document, stock, series.
extension SQL {
    static func customer(of source: InvoiceSource) -> SQL {
        "SELECT \(CustomerRow.columns) FROM customer WHERE tenant_id = current_tenant() AND id = \(source.customer)"
    }

    /// The customer, held until the transaction ends.
    static func lockCustomer(of source: InvoiceSource) -> SQL { "\(customer(of: source)) FOR NO KEY UPDATE" }

    /// What the customer owes less what was paid ahead, in rupees. A statement of its own behind the lock, so that it sees what those have
    /// posted who held the customer before. What its own transaction has posted is in no sum until that commits.
    static func netBalance(of source: InvoiceSource) -> SQL { netBalance(ofCustomer: source.customer) }

    /// The same of a customer that is held.
    static func netBalance(of customer: RecordID) -> SQL { netBalance(ofCustomer: "\(customer)") }

    private static func netBalance(ofCustomer customer: SQL) -> SQL {
        """
        WITH family AS (
            SELECT id FROM customer WHERE tenant_id = current_tenant() AND id = \(customer)
            UNION ALL SELECT id FROM customer WHERE tenant_id = current_tenant() AND merged_into = \(customer)
        )
        SELECT coalesce(sum(debit - credit), 0)::bigint FROM (
            SELECT debit, credit FROM ledger_balance
            WHERE tenant_id = current_tenant() AND account IN (1100, 2200) AND currency = 'INR' AND party_id IN (SELECT id FROM family)
            UNION ALL
            SELECT debit, credit FROM ledger_journal AS journal JOIN ledger_line AS line
                ON (line.tenant_id, line.journal_id) = (journal.tenant_id, journal.id)
            WHERE journal.tenant_id = current_tenant() AND posted_in = pg_current_xact_id_if_assigned()
                AND account IN (1100, 2200) AND currency = 'INR' AND party_id IN (SELECT id FROM family)
        ) AS posted
        """
    }

    static func products(of source: InvoiceSource) -> SQL {
        "SELECT \(ProductRow.columns) FROM product WHERE tenant_id = current_tenant() AND \(source.namesProduct)"
    }

    /// All rates, past and coming, that may be for one of the lines.
    static func taxRates(of source: InvoiceSource) -> SQL {
        """
        SELECT id, hsn_prefix, effective_from,
            lead(effective_from) OVER (PARTITION BY hsn_prefix ORDER BY effective_from) - 1 AS effective_through, taxability, rate, cess, source
        FROM tax_rate WHERE tenant_id = current_tenant() AND hsn_prefix IN (
            SELECT left(hsn, digits) FROM (
                SELECT hsn FROM product WHERE tenant_id = current_tenant() AND \(source.namesProduct) UNION \(source.codes)
            ) AS codes CROSS JOIN (VALUES (2), (4), (6), (8)) AS prefixes (digits) WHERE digits <= length(hsn)
        )
        """
    }

    /// The batches of the lines' products in which something is left, held in the order of their ids.
    static func lockStock(of source: InvoiceSource) -> SQL {
        """
        SELECT product_id, id, lot, received_on, expires_on, on_hand, value FROM stock_batch
        WHERE tenant_id = current_tenant() AND on_hand > 0 AND product_id IN (
            SELECT id FROM product WHERE tenant_id = current_tenant() AND is_stocked AND \(source.namesProduct)
        ) ORDER BY id FOR UPDATE
        """
    }

    /// What of the lines' products is promised to others.
    static func reservedStock(of source: InvoiceSource, at time: Instant) -> SQL {
        """
        SELECT product_id, sum(quantity)::bigint AS quantity FROM stock_reservation
        WHERE tenant_id = current_tenant() AND expires_at > \(time) AND document_id <> \(source.document) AND product_id IN (
            SELECT id FROM product WHERE tenant_id = current_tenant() AND is_stocked AND \(source.namesProduct)
        ) GROUP BY product_id
        """
    }

    /// The next number of a series in the financial year that it is at a time where the seller is; no row without a seller. It holds the
    /// series until the transaction ends, so that it comes last of what is held.
    static func drawNumber(_ prefix: String, at time: Instant) -> SQL {
        """
        INSERT INTO document_series AS series (tenant_id, prefix, start_year, last_sequence)
        SELECT tenant_id, \(prefix), extract(year FROM (\(time) AT TIME ZONE time_zone) - interval '3 months')::smallint, 1
        FROM seller WHERE tenant_id = current_tenant()
        ON CONFLICT (tenant_id, prefix, start_year) DO UPDATE SET last_sequence = series.last_sequence + 1
        RETURNING start_year, last_sequence
        """
    }

    /// At most five products whose names hold the words that somebody wrote, or at least half of them.
    static func productCandidates(_ name: String) -> SQL {
        let folded = ProductName(name).folded
        return """
                WITH wanted AS (SELECT DISTINCT word FROM unnest(string_to_array(\(folded), ' ')) AS word WHERE word <> '')
                SELECT id, name FROM (
                    SELECT id, name, strpos(folded_name, \(folded)) > 0 AS is_within,
                        (SELECT count(*) FROM wanted WHERE strpos(folded_name, word) > 0) AS shared
                    FROM product WHERE tenant_id = current_tenant() AND archived_at IS NULL
                ) AS scored
                WHERE is_within OR shared * 2 >= greatest((SELECT count(*) FROM wanted), 1)
                ORDER BY is_within DESC, shared DESC, length(name), id LIMIT 5
            """
    }
}

/// A number that was drawn.
struct DrawnNumber: RowDecodable {
    let startYear: Int
    let sequence: Int64

    init(row: Row) throws(PostgresError) {
        let year: Int16 = try row["start_year"]
        startYear = Int(year)
        sequence = try row["last_sequence"]
    }
}

/// A product that somebody may have meant.
struct MeantProduct: RowDecodable, Hashable, Sendable {
    let id: RecordID
    let name: String

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        name = try row["name"]
    }
}
