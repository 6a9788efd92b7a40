/// What an invoice is. The words are the database's.
enum InvoiceStatus: String, CaseIterable, Sendable {
    case draft, proforma, issued, partial, paid, cancelled, void, converted, expired

    /// The statuses it can go to. None, and it stays for ever.
    var next: Set<InvoiceStatus> {
        switch self {
        // What costs nothing is paid at once.
        case .draft: [.issued, .paid, .void]
        case .proforma: [.converted, .expired, .void]
        case .issued: [.partial, .paid, .cancelled]
        // Cancelled, what was paid is the customer's advance again.
        case .partial: [.paid, .issued, .cancelled]
        // Only the payment's reversal leads back; who wants to take a paid invoice back writes a credit note.
        case .paid: [.partial, .issued]
        case .cancelled, .void, .converted, .expired: []
        }
    }

    /// Its words, lines and amounts can change.
    var isEditable: Bool { self == .draft }

    /// It bears a number of a tax series and stands in the returns.
    var isTaxDocument: Bool { [.issued, .partial, .paid, .cancelled].contains(self) }

    /// The customer owes it, or a part of it.
    var isOpen: Bool { self == .issued || self == .partial }

    /// - Throws: `illegalTransition`.
    func becoming(_ status: InvoiceStatus) throws(BillingError) -> InvoiceStatus {
        guard next.contains(status) else { throw .illegalTransition(of: "invoice", from: rawValue, to: status.rawValue) }
        return status
    }

    /// What an issued invoice is by what of it is paid, in smallest units. What costs nothing is paid.
    ///
    /// - Throws: `amountNotPositive` for negative amounts, `amountOutOfRange` when more than the total is paid.
    static func settled(total: Int64, paid: Int64) throws(BillingError) -> InvoiceStatus {
        guard total >= 0, paid >= 0 else { throw .amountNotPositive }
        guard paid <= total else { throw .amountOutOfRange }
        return paid == total ? .paid : paid == 0 ? .issued : .partial
    }

    /// Open after its day: not a status of its own, since it changes while nobody writes.
    func isOverdue(due: CivilDate, today: CivilDate) -> Bool { isOpen && due < today }
}
