internal import BillingAPI
internal import Resources

/// What an invoice is to say, checked as far as that goes without the customer and the products.
struct InvoiceDraft: Hashable, Sendable {
    /// Nil for a preview for nobody in particular.
    let customer: RecordID?
    let lines: [LineDraft]
    let discount: Discount
    let place: StateCode?
    let dates: InvoiceDates
    let notes: String
    let tags: [String]

    /// - Parameter needsCustomer: only a preview is for nobody.
    /// - Throws: `invalid` with every violation, `currencyMismatch`, `currencyUnknown`.
    init(_ message: InvoiceContent, needsCustomer: Bool = true) throws(BillingError) {
        var violations = Violations(under: "invoice.")
        customer = RecordID(message.customerID)
        if needsCustomer && customer == nil { violations.add("customer_id", "It is required: an invoice is for somebody.") }
        var lines: [LineDraft] = []
        lines.reserveCapacity(message.lines.count)
        for (index, line) in message.lines.enumerated() {
            var found = Violations(under: "invoice.lines[\(index)].")
            if let line = try LineDraft(line, &found, isUnlistedAllowed: message.allowUnlisted) { lines.append(line) }
            for violation in found.all { violations.add(String(violation.field.dropFirst("invoice.".utf8.count)), violation.description) }
        }
        switch message.billDiscount {
        case .discountRate(let basisPoints): discount = .percent(try Rate(basisPoints: Int64(basisPoints)))
        case .discount(let money): discount = .flat(try money.paise())
        case nil: discount = .none
        }
        if case .flat(let amount) = discount { violations.within(amount, "discount", "A discount is not below zero.") }
        place = message.placeOfSupply.isEmpty ? nil : StateCode(message.placeOfSupply)
        if place == nil && !message.placeOfSupply.isEmpty { violations.add("place_of_supply", BillingError.stateUnknown.description) }
        dates = InvoiceDates(
            supplied: Self.day(message.suppliedOn, "supplied_on", &violations), due: Self.day(message.dueOn, "due_on", &violations),
            paid: Self.day(message.paidOn, "paid_on", &violations))
        violations.text("notes", message.notes, mayHaveLines: true)
        for (index, tag) in message.tags.enumerated() { violations.text("tags[\(index)]", tag, isRequired: true) }
        notes = message.notes
        tags = message.tags
        guard violations.isEmpty else { throw .invalid(violations.all) }
        self.lines = lines
    }

    /// Nil for an empty text, and, with a violation, for what is no day.
    static func day(_ text: String, _ field: String, _ violations: inout Violations) -> CivilDate? {
        guard !text.isEmpty else { return nil }
        let day = CivilDate(text)
        if day == nil { violations.add(field, BillingError.dateInvalid.description) }
        return day
    }
}

/// The days that a caller may name; what is nil follows from the day of issue.
struct InvoiceDates: Hashable, Sendable {
    var supplied: CivilDate?
    var due: CivilDate?
    /// In advance.
    var paid: CivilDate?

    /// - Throws: `invalid` for a payment that is due before the invoice, for a supply more than a year away, and for an advance behind it.
    func demandFit(to issued: CivilDate) throws(BillingError) {
        if let due, due < issued { throw .invalid("invoice.due_on", "It is before the day of issue.") }
        if let supplied, abs(supplied.daysSince1970 - issued.daysSince1970) > Limits.supplyDays {
            throw .invalid("invoice.supplied_on", "It is more than a year away from the day of issue.")
        }
        if let paid, paid > issued {
            throw .invalid("invoice.paid_on", "It is behind the day of issue: what is paid in advance was paid before.")
        }
    }

    /// - Throws: `dateInvalid` after the year 9999.
    func due(after issued: CivilDate, paymentDays: Int) throws(BillingError) -> CivilDate {
        if let due { return due }
        guard let day = issued.adding(days: paymentDays) else { throw .dateInvalid }
        return day
    }
}
