/// A journal with what the ledger keeps beside its lines.
struct Posting: Hashable, Sendable {
    /// What a journal was posted for. The words are the database's.
    enum DocumentKind: String, CaseIterable, Sendable {
        case invoice, payment, refund
        case creditNote = "credit_note"
        case debitNote = "debit_note"
        case stockMovement = "stock_movement"
        case fee, manual
        /// Of customers: from one party to another, so that no sum of an account changes.
        case merger
    }

    struct Document: Hashable, Sendable {
        let kind: DocumentKind
        let id: RecordID
    }

    let id: RecordID
    let journal: Journal
    /// The day it counts for.
    let effectiveOn: CivilDate
    let document: Document
    /// The service and the subject that called.
    let postedBy: String
    var description = ""
    /// The journal that this one takes back.
    var reverses: RecordID?

    /// What takes this posting back. The ledger takes one reversal of a journal, and no other lines.
    func reversal(id: RecordID, effectiveOn: CivilDate, by caller: String, description: String = "") -> Posting {
        Posting(
            id: id, journal: journal.reversed, effectiveOn: effectiveOn, document: document, postedBy: caller, description: description,
            reverses: self.id)
    }
}
