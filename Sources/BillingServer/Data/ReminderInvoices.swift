internal import Postgres
internal import Resources

/// What reminders have to know of an invoice.
struct RemindedInvoice: RowDecodable {
    /// Its customer, or the one that this was merged into.
    let payerID: RecordID
    let status: InvoiceStatus
    let number: String
    let dueOn: CivilDate?
    let open: Money

    init(row: Row) throws(PostgresError) {
        payerID = try row["payer_id"]
        let word: String = try row["invoice_status"]
        guard let status = InvoiceStatus(rawValue: word) else {
            throw PostgresError(.decoding, "The invoice's status is none that this version knows.", column: "status")
        }
        self.status = status
        number = try row["number"] ?? ""
        dueOn = try row["due_on"]
        let minorUnits: Int64 = try row["open_amount"]
        open = Money(minorUnits: minorUnits, try Currency(row: row))
    }
}

/// An invoice whose customer has not paid in time.
struct OverdueInvoice: RowDecodable {
    let id: RecordID
    let customerID: RecordID

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        customerID = try row["customer_id"]
    }
}

/// An invoice that will be due, and how its customer pays.
struct DueInvoice: RowDecodable {
    let id: RecordID
    let customerID: RecordID
    let number: String
    let dueOn: CivilDate
    let open: Money
    let averageDays: Int?

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        customerID = try row["customer_id"]
        number = try row["number"] ?? ""
        dueOn = try row["due_on"]
        let minorUnits: Int64 = try row["open_amount"]
        open = Money(minorUnits: minorUnits, try Currency(row: row))
        let days: Int32? = try row["average_days"]
        averageDays = days.map(Int.init)
    }
}

extension SQL {
    static func remindedInvoice(_ id: RecordID) -> SQL {
        """
        SELECT coalesce(customer.merged_into, customer.id) AS payer_id, status AS invoice_status, number, due_on,
            payable - paid - credited AS open_amount, currency
        FROM invoice JOIN customer ON customer.tenant_id = invoice.tenant_id AND customer.id = invoice.customer_id
        WHERE invoice.tenant_id = current_tenant() AND invoice.id = \(id)
        """
    }

    /// Of two who have the overdue ones reminded at once, the second one sees what the first one has done.
    static let holdOverdueReminders: SQL = """
        SELECT pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'overdue reminders', current_tenant()), 0))
        """

    /// Without those whose customer has a reminder of it to come or wants none; those that are overdue for the longest first.
    static func overdueInvoices(dueUntil day: CivilDate, limit: Int) -> SQL {
        """
        SELECT invoice.id, invoice.customer_id
        FROM invoice JOIN customer ON customer.tenant_id = invoice.tenant_id AND customer.id = invoice.customer_id
        WHERE invoice.tenant_id = current_tenant() AND invoice.status IN ('issued', 'partial') AND invoice.due_on <= \(day)
            AND customer.anonymised_at IS NULL
            AND NOT EXISTS (
                SELECT FROM reminder
                WHERE reminder.tenant_id = invoice.tenant_id AND reminder.invoice_id = invoice.id AND reminder.kind = 'payment_overdue'
                    AND reminder.state IN ('pending', 'sending')
            )
            AND NOT EXISTS (
                SELECT FROM contact_preference AS preference
                WHERE preference.tenant_id = invoice.tenant_id AND preference.customer_id = coalesce(customer.merged_into, customer.id)
                    AND preference.is_opted_out
            )
        ORDER BY invoice.due_on, invoice.id LIMIT \(Int64(limit))
        """
    }

    /// Without those that have a reminder to come; those that are due first come first. An invoice was paid on the day on which it was
    /// changed
    /// last: nothing but a credit note changes it afterwards.
    static func dueInvoices(from first: CivilDate, through last: CivilDate, timeZone: String, limit: Int) -> SQL {
        """
        SELECT invoice.id, invoice.customer_id, invoice.number, invoice.due_on,
            invoice.payable - invoice.paid - invoice.credited AS open_amount,
            invoice.currency, habit.average_days
        FROM invoice CROSS JOIN LATERAL (
            SELECT round(avg((settled.updated_at AT TIME ZONE \(timeZone))::date - settled.issued_on))::integer AS average_days
            FROM invoice AS settled
            WHERE settled.tenant_id = invoice.tenant_id AND settled.customer_id = invoice.customer_id AND settled.status = 'paid'
        ) AS habit
        WHERE invoice.tenant_id = current_tenant() AND invoice.status IN ('issued', 'partial')
            AND invoice.due_on BETWEEN \(first) AND \(last)
            AND NOT EXISTS (
                SELECT FROM reminder
                WHERE reminder.tenant_id = invoice.tenant_id AND reminder.invoice_id = invoice.id
                    AND reminder.state IN ('pending', 'sending')
            )
        ORDER BY invoice.due_on, invoice.id LIMIT \(Int64(limit))
        """
    }
}
