/// What a credit note is. The words are the database's.
enum CreditNoteStatus: String, CaseIterable, Sendable {
    case draft, issued, cancelled

    /// - Parameter isFiled: the return that it stands in was filed, and is as it is.
    func next(isFiled: Bool) -> Set<CreditNoteStatus> {
        switch self {
        case .draft: [.issued]
        case .issued: isFiled ? [] : [.cancelled]
        case .cancelled: []
        }
    }

    /// - Throws: `illegalTransition`.
    func becoming(_ status: CreditNoteStatus, isFiled: Bool) throws(BillingError) -> CreditNoteStatus {
        guard next(isFiled: isFiled).contains(status) else {
            throw .illegalTransition(of: "credit note", from: rawValue, to: status.rawValue)
        }
        return status
    }

    /// The last day for a credit note against an invoice: 30 November after its financial year (CGST Act, 2017, section 34(2)).
    static func deadline(for year: FinancialYear) -> CivilDate? { CivilDate(year: year.startYear + 1, month: 11, day: 30) }
}
