internal import BillingAPI
internal import Resources

/// A tender as it was said and checked.
struct TenderDraft: Hashable, Sendable {
    let tender: Tender
    let reference: String
}

extension PaymentMethod {
    init?(_ method: BillingAPI.PaymentMethod) {
        switch method {
        case .cash: self = .cash
        case .upi: self = .upi
        case .card: self = .card
        case .bank: self = .bank
        default: return nil
        }
    }

    var message: BillingAPI.PaymentMethod {
        switch self {
        case .cash: .cash
        case .upi: .upi
        case .card: .card
        case .bank: .bank
        }
    }
}

extension Violations {
    /// An amount above zero, and no larger than one is; nil, and a violation, for any other and for none.
    mutating func positive(_ field: String, _ message: BillingAPI.Money?) -> Money? {
        guard let message, let currency = Currency(message.currencyCode) else {
            add("\(field).currency_code", BillingError.currencyUnknown.description)
            return nil
        }
        guard message.minorUnits > 0 else {
            add("\(field).minor_units", BillingError.amountNotPositive.description)
            return nil
        }
        guard message.minorUnits <= Limits.amount else {
            add("\(field).minor_units", BillingError.amountTooLarge.description)
            return nil
        }
        return Money(minorUnits: message.minorUnits, currency)
    }

    /// The tenders of a payment, each above zero; nil, and violations, when one is not.
    mutating func tenders(_ messages: [BillingAPI.Tender]) -> [TenderDraft]? {
        var drafts: [TenderDraft] = []
        for (index, message) in messages.enumerated() {
            let amount = positive("tenders[\(index)].amount", message.amount)
            text("tenders[\(index)].reference", message.reference)
            guard let amount, let method = PaymentMethod(message.method) else { continue }
            drafts.append(TenderDraft(tender: Tender(method: method, amount: amount), reference: message.reference))
        }
        return drafts.count == messages.count ? drafts : nil
    }

    mutating func record(_ field: String, _ text: String) -> RecordID? {
        guard let id = RecordID(text) else {
            add(field, RecordID.flaw)
            return nil
        }
        return id
    }

    /// A day in the past or today; nil when it is not given, and nil with a violation when there is no such day.
    mutating func day(_ field: String, _ text: String) -> CivilDate? {
        guard !text.isEmpty else { return nil }
        guard let day = CivilDate(text) else {
            add(field, BillingError.dateInvalid.description)
            return nil
        }
        return day
    }
}

/// Which invoices a payment is to pay, as it was said and checked as far as a request alone can be.
struct AllocationChoice: Hashable, Sendable {
    let strategy: AllocationStrategy

    static let oldestFirst = AllocationChoice(strategy: .oldestFirst)

    private init(strategy: AllocationStrategy) { self.strategy = strategy }

    /// Nil, and violations, when it cannot be so.
    ///
    /// - Throws: `currencyMismatch`.
    init?(
        _ word: BillingAPI.AllocationStrategy, _ shares: [InvoiceShare], in currency: Currency, _ violations: inout Violations
    ) throws(BillingError) {
        guard word == .explicit else {
            if !shares.isEmpty { violations.add("shares", "They are for EXPLICIT only.") }
            guard shares.isEmpty else { return nil }
            self = .oldestFirst
            return
        }
        var wanted: [Allocation] = []
        var named: Set<RecordID> = []
        for (index, share) in shares.enumerated() {
            let invoice = violations.record("shares[\(index)].invoice_id", share.invoiceID)
            if let invoice, !named.insert(invoice).inserted {
                violations.add("shares[\(index)].invoice_id", BillingError.invoiceRepeated(invoice).description)
            }
            let amount = violations.positive("shares[\(index)].amount", share.amount)
            guard let invoice, let amount else { continue }
            wanted.append(Allocation(invoice: invoice, amount: try amount.minorUnits(in: currency)))
        }
        guard wanted.count == shares.count, named.count == shares.count else { return nil }
        strategy = .explicit(wanted)
    }
}
