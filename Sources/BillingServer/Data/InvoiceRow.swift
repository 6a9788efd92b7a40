internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// An invoice as the database keeps it, without its lines.
struct InvoiceRow: Hashable, Sendable {
    /// Drawn when it is issued.
    struct Number: Hashable, Sendable {
        let startYear: Int
        let sequence: Int64
        let text: String
        let issuedOn: CivilDate
        let issuedAt: Instant
        let issuedBy: String
    }

    let id: RecordID
    var version: Int64 = 1
    var status: InvoiceStatus
    let customer: RecordID
    var series: String
    var number: Number?
    var dates: InvoiceDates
    let buyerKind: CustomerKind
    let buyerGSTIN: String
    /// Nil for abroad.
    let place: StateCode?
    let nature: SupplyNature
    let discountAsked: Discount
    let totals: Totals
    var cost: Int64 = 0
    var paid: Int64 = 0
    var credited: Int64 = 0
    let lineCount: Int
    let notes: String
    let tags: [String]
    var expiresAt: Instant?
    var convertedInto: RecordID?
    var corrects: RecordID?
    var cancelReason = ""
    var journal: RecordID?
    let createdAt: Instant
    var updatedAt: Instant
    var isOverdue = false

    struct Totals: Hashable, Sendable {
        var gross: Int64
        var discount: Int64
        var taxable: Int64
        var tax: LineTax
        var roundOff: Int64
        var payable: Int64
    }

    var outstanding: Int64 { status.isOpen ? payable - paid - credited : 0 }
    var payable: Int64 { totals.payable }
    var etag: String { Etag(version: version).text }

    /// - Throws: `etagMismatch`; an empty text is whatever is there.
    func demand(etag text: String) throws(BillingError) {
        guard let condition = EtagCondition(text), !condition.allows(version: version) else { return }
        throw .etagMismatch(.invoice, id: id.description)
    }

    /// The next version, in another status.
    ///
    /// - Throws: `illegalTransition`.
    func becoming(_ status: InvoiceStatus, at time: Instant) throws(BillingError) -> InvoiceRow {
        var next = self
        next.status = try self.status.becoming(status)
        next.version += 1
        next.updatedAt = max(updatedAt, time)
        return next
    }

    func message(lines: [InvoiceLineRow] = []) -> Invoice {
        .with {
            $0.id = id.description
            $0.etag = etag
            $0.status = status.message
            $0.number = number?.text ?? ""
            $0.customerID = customer.description
            $0.buyerKind = buyerKind.buyerMessage
            $0.buyerGstin = buyerGSTIN
            $0.placeOfSupply = place?.description ?? ""
            $0.nature = nature.message
            $0.issuedOn = number?.issuedOn.description ?? ""
            $0.suppliedOn = dates.supplied?.description ?? ""
            $0.dueOn = dates.due?.description ?? ""
            $0.isOverdue = isOverdue
            $0.currencyCode = Currency.inr.code
            $0.lines = lines.map(\.message)
            $0.totals = totals.message
            $0.paid = paid
            $0.credited = credited
            $0.notes = notes
            $0.tags = tags
            $0.expiresAt = expiresAt?.timestamp
            $0.convertedInto = convertedInto?.description ?? ""
            $0.correctsID = corrects?.description ?? ""
            $0.cancelReason = cancelReason
            $0.journalID = journal?.description ?? ""
            $0.createdAt = createdAt.timestamp
            $0.updatedAt = updatedAt.timestamp
            $0.issuedAt = number?.issuedAt.timestamp
        }
    }
}

extension InvoiceRow.Totals {
    init(_ priced: PricedInvoice) {
        self.init(
            gross: priced.gross, discount: priced.discount, taxable: priced.bill.taxable, tax: priced.bill.tax,
            roundOff: priced.bill.roundOff, payable: priced.bill.payable)
    }

    var message: InvoiceTotals {
        .with {
            $0.gross = gross
            $0.discount = discount
            $0.taxable = taxable
            $0.cgst = tax.cgst
            $0.sgst = tax.sgst
            $0.igst = tax.igst
            $0.cess = tax.cess
            $0.roundOff = roundOff
            $0.payable = payable
        }
    }
}

extension InvoiceRow: RowDecodable {
    /// What every statement that reads invoices has, beside `is_overdue`.
    static let columns: SQL = """
        id, version, status AS invoice_status, customer_id, series, start_year, sequence, number, issued_on, supplied_on, due_on, paid_on, \
        buyer_kind, buyer_gstin, place_state, nature, discount_rate, discount_flat, gross, discount, taxable, cgst, sgst, igst, cess, \
        round_off, payable, cost, paid, credited, line_count, notes, tags, expires_at, converted_into, corrects_id, cancel_reason, \
        journal_id, created_at, updated_at, issued_at, issued_by
        """

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        version = try row["version"]
        status = try row.word("invoice_status", row["invoice_status"])
        customer = try row["customer_id"]
        series = try row["series"]
        number = try Number(row: row)
        dates = InvoiceDates(supplied: try row["supplied_on"], due: try row["due_on"], paid: try row["paid_on"])
        buyerKind = try row.word("buyer_kind", row["buyer_kind"])
        buyerGSTIN = try row["buyer_gstin"]
        let state: Int16? = try row["place_state"]
        place = state.flatMap { StateCode(Int($0)) }
        nature = try row.word("nature", row["nature"])
        discountAsked = try Discount(row: row)
        var tax = LineTax.none
        let (gross, discount, taxable): (Int64, Int64, Int64) = (try row["gross"], try row["discount"], try row["taxable"])
        tax.cgst = try row["cgst"]
        tax.sgst = try row["sgst"]
        tax.igst = try row["igst"]
        tax.cess = try row["cess"]
        totals = Totals(
            gross: gross, discount: discount, taxable: taxable, tax: tax, roundOff: try row["round_off"], payable: try row["payable"])
        cost = try row["cost"]
        paid = try row["paid"]
        credited = try row["credited"]
        let lines: Int16 = try row["line_count"]
        lineCount = Int(lines)
        notes = try row["notes"]
        tags = try row["tags"]
        expiresAt = try row["expires_at"]
        convertedInto = try row["converted_into"]
        corrects = try row["corrects_id"]
        cancelReason = try row["cancel_reason"]
        journal = try row["journal_id"]
        createdAt = try row["created_at"]
        updatedAt = try row["updated_at"]
        isOverdue = try row["is_overdue"]
    }
}

extension InvoiceRow.Number {
    /// Nil for what has no number yet.
    init?(row: Row) throws(PostgresError) {
        let text: String? = try row["number"]
        guard let text else { return nil }
        self.text = text
        let year: Int16 = try row["start_year"]
        startYear = Int(year)
        sequence = try row["sequence"]
        issuedOn = try row["issued_on"]
        issuedAt = try row["issued_at"]
        issuedBy = try row["issued_by"]
    }
}

extension Row {
    /// One of the database's words.
    func word<Word: RawRepresentable<String>>(_ column: String, _ text: String) throws(PostgresError) -> Word {
        guard let word = Word(rawValue: text) else {
            throw PostgresError(.decoding, "Column \(column) holds a word that this version does not know.", column: column)
        }
        return word
    }
}

extension InvoiceStatus {
    var message: BillingAPI.InvoiceStatus {
        switch self {
        case .draft: .draft
        case .proforma: .proforma
        case .issued: .issued
        case .partial: .partial
        case .paid: .paid
        case .cancelled: .cancelled
        case .void: .void
        case .converted: .converted
        case .expired: .expired
        }
    }

    init?(_ message: BillingAPI.InvoiceStatus) {
        guard let status = InvoiceStatus.allCases.first(where: { $0.message == message }) else { return nil }
        self = status
    }
}

extension CustomerKind {
    var buyerMessage: BuyerKind {
        switch self {
        case .unregistered: .unregistered
        case .registered: .registered
        case .specialEconomicZone: .specialEconomicZone
        case .abroad: .abroad
        }
    }
}

extension SupplyNature {
    var message: BillingAPI.SupplyNature {
        switch self {
        case .intraState: .intraState
        case .unionTerritory: .unionTerritory
        case .interState: .interState
        case .zeroRatedWithTax: .zeroRatedWithTax
        case .zeroRatedWithoutTax: .zeroRatedWithoutTax
        case .composition: .composition
        case .unregistered: .unregistered
        }
    }
}
