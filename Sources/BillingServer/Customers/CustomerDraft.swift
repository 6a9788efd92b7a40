internal import BillingAPI
internal import Resources

/// What a caller may write of a customer, checked, with what follows from it.
struct CustomerDraft: Hashable, Sendable {
    let name: String
    let nameKey: String
    /// E.164, or empty.
    let phone: String
    let email: String
    let nicknames: [String]
    let landmark: String
    let landmarkKey: String
    let isNamesake: Bool
    let address: String
    let kind: CustomerKind
    let gstin: GSTIN?
    let pan: String
    let state: StateCode?
    /// In paise.
    let creditLimit: Int64?
    let paymentDays: Int16
    let tags: [String]

    /// - Parameter message: one that keeps the rules of its .proto.
    /// - Throws: `gstinChecksum`, `currencyMismatch` of a limit that is not in rupees, otherwise `invalid` with every violation.
    init(_ message: BillingAPI.Customer) throws(BillingError) {
        var violations = Violations(under: "customer.")
        Self.checkTexts(of: message, &violations)
        let phone =
            message.phone.isEmpty ? nil : violations.reading("phone") { () throws(BillingError) in try TelephoneNumber(message.phone) }
        let tax = try TaxIdentity(message, &violations)
        let limit = try Self.creditLimit(of: message, &violations)
        guard let tax, violations.isEmpty else { throw .invalid(violations.all) }
        name = message.name
        nameKey = NameKey.key(of: message.name)
        self.phone = phone?.description ?? ""
        email = message.email
        nicknames = message.nicknames
        landmark = message.landmark
        landmarkKey = NameKey.key(of: message.landmark)
        isNamesake = message.isNamesake
        address = message.address
        (kind, gstin, pan, state) = (tax.kind, tax.gstin, tax.pan, tax.state)
        creditLimit = limit
        paymentDays = Int16(truncatingIfNeeded: message.paymentDays)
        tags = message.tags
    }

    private static func checkTexts(of message: BillingAPI.Customer, _ violations: inout Violations) {
        func check(_ field: String, _ flaw: String?, _ violations: inout Violations) {
            if let flaw { violations.add(field, flaw) }
        }
        check("name", PlainText.flaw(in: message.name, isRequired: true), &violations)
        check("landmark", PlainText.flaw(in: message.landmark), &violations)
        check("address", PlainText.flaw(in: message.address, mayHaveLines: true), &violations)
        for (field, words) in [("nicknames", message.nicknames), ("tags", message.tags)] {
            var seen: Set<String> = []
            for (position, word) in words.enumerated() {
                let flaw = seen.insert(word).inserted ? PlainText.flaw(in: word, isRequired: true) : "It is there twice."
                check("\(field)[\(position)]", flaw, &violations)
            }
        }
    }

    private static func creditLimit(of message: BillingAPI.Customer, _ violations: inout Violations) throws(BillingError) -> Int64? {
        guard let limit = message.creditLimit else { return nil }
        guard let currency = Currency(limit.currencyCode) else {
            violations.add("credit_limit.currency_code", BillingError.currencyUnknown.description)
            return nil
        }
        guard currency == .inr else { throw .currencyMismatch(expected: .inr, found: currency) }
        violations.within(limit.minorUnits, "credit_limit.minor_units", "It must be zero or more.")
        return limit.minorUnits
    }
}
