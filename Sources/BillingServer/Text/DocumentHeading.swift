/// What stands above the lines of a document in print: what it is, its number and day, who it is from and to.
struct DocumentHeading: Sendable {
    let title: String
    /// Nil for a draft.
    let number: String?
    let issuedOn: CivilDate?
    var due: CivilDate?
    let parties: DocumentParties
    /// Empty for a buyer without a registration.
    let buyerGSTIN: String
    /// Nil for abroad.
    let place: StateCode?
    /// The invoice that a note is against (CGST Rules, 53).
    var invoice: (number: String, issuedOn: CivilDate)?

    func write(to text: inout TextColumns) {
        let (seller, buyer) = (parties.seller, parties.buyer)
        text.centre(title)
        text.rule()
        text.pair(seller.name, "Number: \(number ?? "none yet")")
        text.pair(seller.gstin.isEmpty ? "Unregistered" : "GSTIN \(seller.gstin)", "Date: \(issuedOn?.description ?? "none yet")")
        text.pair("State \(seller.state)", due.map { "Due: \($0)" } ?? "")
        text.paragraph(seller.address)
        if let invoice { text.line("Against invoice \(invoice.number) of \(invoice.issuedOn)") }
        text.rule()
        text.pair("To: \(buyer.name)", place.map { "Place of supply: \($0)" } ?? "Place of supply: abroad")
        text.paragraph(buyer.address)
        if let state = buyer.state { text.line("State \(state)") }
        if !buyerGSTIN.isEmpty { text.line("GSTIN \(buyerGSTIN)") }
        text.rule()
    }
}
