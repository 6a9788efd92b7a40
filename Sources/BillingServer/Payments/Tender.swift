/// One way in which a part of a payment came. A mixed payment has several.
struct Tender: Hashable, Sendable {
    let method: PaymentMethod
    let amount: Money

    /// What all of them come to.
    ///
    /// - Throws: `amountNotPositive` for none and for one that is not above zero, `currencyMismatch`, `amountOutOfRange`.
    static func total(of tenders: [Tender]) throws(BillingError) -> Money {
        guard var total = tenders.first.map({ Money.zero($0.amount.currency) }) else { throw .amountNotPositive }
        for tender in tenders {
            guard tender.amount.minorUnits > 0 else { throw .amountNotPositive }
            total = try total.adding(tender.amount)
        }
        return total
    }
}

/// The words are the database's.
enum PaymentMethod: String, CaseIterable, Sendable {
    case cash, upi, card, bank

    /// Where the money is. UPI and cards pay out later.
    var account: AccountCode {
        switch self {
        case .cash: .cash
        case .upi: .upiClearing
        case .card: .cardClearing
        case .bank: .bank
        }
    }
}
