/// What a document of a month has at one rate, as a return asks for it.
struct ReturnedDocument: Hashable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case invoice
        case debitNote = "debit_note"
        case creditNote = "credit_note"
    }

    enum Taxability: String, CaseIterable, Sendable {
        case taxable
        case nilRated = "nil_rated"
        case exempt
        case nonGST = "non_gst"
    }

    var kind = Kind.invoice
    var number = ""
    var issuedOn: CivilDate
    /// The invoice that a note is about: by what it is, a note stands where it stands.
    var originalNumber = ""
    var originalPayable: Int64 = 0
    var originalIssuedOn: CivilDate
    var isRegistered = false
    var isAbroad = false
    var gstin = ""
    var placeState = ""
    var nature: SupplyNature
    var payable: Int64 = 0
    var taxability = Taxability.taxable
    var rateBasisPoints: Int32 = 0
    var value = TaxedValue()

    /// The table it stands in. Nil for what is summed up elsewhere.
    var section: ReturnSection? {
        guard !nature.isBillOfSupply else { return nil }
        let original: ReturnSection
        if isRegistered {
            original = .b2b
        } else if isAbroad {
            original = .exports
        } else {
            let threshold = ReturnSection.largeSalePaise(on: originalIssuedOn)
            original = nature == .interState && originalPayable > threshold ? .b2cl : .b2cs
        }
        return kind == .invoice ? original : original.note
    }

    /// What it adds to sums: a credit note takes off.
    ///
    /// - Throws: `amountOutOfRange`.
    func signedValue() throws(BillingError) -> TaxedValue { kind == .creditNote ? try value.negated() : value }
}
