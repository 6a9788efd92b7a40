internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// Which invoices a list or an export is to have, checked.
struct InvoiceCriteria: Hashable, Sendable {
    let customer: RecordID?
    let statuses: [InvoiceStatus]
    let issued: ClosedRange<CivilDate>?
    let isOverdue: Bool

    /// - Throws: `invalid`, `dateRangeTooWide`.
    init(_ message: InvoiceFilter) throws(BillingError) {
        var violations = Violations(under: "filter.")
        customer = RecordID(message.customerID)
        statuses = message.statuses.compactMap { InvoiceStatus($0) }
        isOverdue = message.isOverdue
        let from = InvoiceDraft.day(message.issuedFrom, "issued_from", &violations)
        let through = InvoiceDraft.day(message.issuedThrough, "issued_through", &violations)
        if message.issuedFrom.isEmpty != message.issuedThrough.isEmpty {
            violations.add("issued_through", "A range has a first and a last day: send both or neither.")
        }
        if let from, let through, from > through { violations.add("issued_through", "It is before the first day.") }
        guard violations.isEmpty else { throw .invalid(violations.all) }
        issued = if let from, let through { from...through } else { nil }
        if let from, let through, through.daysSince1970 - from.daysSince1970 >= Limits.listDays {
            throw .dateRangeTooWide(days: Limits.listDays)
        }
    }

    fileprivate func conditions(at now: Instant) -> SQL {
        var conditions: SQL = ""
        if let customer { conditions = "\(conditions) AND customer_id IN (\(SQL.customerFamily(customer)))" }
        if !statuses.isEmpty { conditions = "\(conditions) AND status = ANY(\(statuses.map(\.rawValue)))" }
        if let issued { conditions = "\(conditions) AND issued_on BETWEEN \(issued.lowerBound) AND \(issued.upperBound)" }
        if isOverdue {
            conditions = """
                \(conditions) AND status IN ('issued', 'partial') AND due_on < (
                    \(now) AT TIME ZONE (SELECT time_zone FROM seller WHERE tenant_id = current_tenant())
                )::date
                """
        }
        return conditions
    }
}

/// The statements that page through invoices by keyset: ids begin with the time at which they were made.
extension SQL {
    static func newestInvoices(_ criteria: InvoiceCriteria, before id: RecordID?, limit: Int, at now: Instant) -> SQL {
        let behind: SQL = if let id { " AND id < \(id)" } else { "" }
        return "\(matching(criteria, at: now))\(behind) ORDER BY id DESC LIMIT \(limit)"
    }

    static func oldestInvoices(_ criteria: InvoiceCriteria, after id: RecordID?, limit: Int, at now: Instant) -> SQL {
        let behind: SQL = if let id { " AND id > \(id)" } else { "" }
        return "\(matching(criteria, at: now))\(behind) ORDER BY id LIMIT \(limit)"
    }

    /// - Parameter ids: bounded by the caller.
    static func linesOfInvoices(_ ids: [RecordID]) -> SQL {
        """
        SELECT \(InvoiceLineRow.columns) FROM invoice_line WHERE tenant_id = current_tenant() AND invoice_id = ANY(\(ids))
        ORDER BY invoice_id, number
        """
    }

    /// The series behind one, the newest year first.
    static func documentSeries(after last: SeriesRow.Place?, limit: Int) -> SQL {
        let behind: SQL =
            if let last { " AND (-start_year, prefix) > (\(-Int32(last.startYear)), \(last.prefix))" } else { "" }
        return """
            SELECT prefix, start_year, last_sequence FROM document_series
            WHERE tenant_id = current_tenant()\(behind) ORDER BY -start_year, prefix LIMIT \(limit)
            """
    }

    private static func matching(_ criteria: InvoiceCriteria, at now: Instant) -> SQL {
        """
        SELECT \(InvoiceRow.columns), \(isOverdue(at: now)) FROM invoice WHERE tenant_id = current_tenant()\(criteria.conditions(at: now))
        """
    }
}

/// A series and how far it is.
struct SeriesRow: RowDecodable {
    /// Where a list of series goes on.
    struct Place: Hashable, Sendable {
        let startYear: Int
        let prefix: String

        init(startYear: Int, prefix: String) {
            self.startYear = startYear
            self.prefix = prefix
        }

        /// Nil for what ``text`` never is.
        init?(_ text: String) {
            let parts = text.split(separator: " ")
            guard parts.count == 2, let year = Int(parts[0]) else { return nil }
            self.init(startYear: year, prefix: String(parts[1]))
        }

        var text: String { "\(startYear) \(prefix)" }
    }

    let place: Place
    let lastSequence: Int64

    init(row: Row) throws(PostgresError) {
        let (prefix, year): (String, Int16) = (try row["prefix"], try row["start_year"])
        place = Place(startYear: Int(year), prefix: prefix)
        lastSequence = try row["last_sequence"]
    }

    var message: DocumentSeries {
        .with {
            $0.prefix = place.prefix
            $0.startYear = Int32(truncatingIfNeeded: place.startYear)
            $0.lastSequence = lastSequence
            let series = FinancialYear(startYear: place.startYear).flatMap { try? NumberSeries(prefix: place.prefix, year: $0) }
            $0.lastNumber = series.flatMap { try? $0.number(lastSequence) } ?? ""
        }
    }
}
