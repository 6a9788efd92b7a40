internal import BillingAPI
internal import Resources

/// Who sells, as it was said and checked.
struct SellerDraft: Hashable, Sendable {
    let legalName: String
    let gstin: GSTIN?
    let state: StateCode
    let address: String
    let timeZone: String
    let isComposition: Bool
    let hasLetterOfUndertaking: Bool
    let upiAddress: String

    static let usualTimeZone = "Asia/Kolkata"

    /// - Throws: `gstinChecksum` when that is all that is wrong, `invalid` with every violation otherwise.
    init(_ message: BillingAPI.Seller, zones: Zones) throws(BillingError) {
        var violations = Violations(under: "seller.")
        violations.text("legal_name", message.legalName, isRequired: true)
        violations.text("address", message.address, mayHaveLines: true)
        let gstin: GSTIN?
        if message.gstin.isEmpty {
            gstin = nil
        } else {
            do throws(BillingError) {
                gstin = try GSTIN(message.gstin)
            } catch .gstinChecksum {
                throw .gstinChecksum
            } catch {
                gstin = nil
                violations.add("gstin", error.description)
            }
        }
        let named = message.stateCode.isEmpty ? nil : StateCode(message.stateCode)
        let state = named ?? gstin?.state
        if state == nil || (!message.stateCode.isEmpty && named == nil) {
            violations.add("state_code", BillingError.stateUnknown.description)
        }
        if let gstin, let named, gstin.state != named { violations.add("state_code", "It is another state than the GSTIN's.") }
        let timeZone = message.timeZone.isEmpty ? Self.usualTimeZone : message.timeZone
        _ = violations.reading("time_zone") { () throws(BillingError) in try zones.zone(named: timeZone) }
        guard let state, violations.isEmpty else { throw .invalid(violations.all) }
        legalName = message.legalName
        self.gstin = gstin
        self.state = state
        address = message.address
        self.timeZone = timeZone
        isComposition = message.isComposition
        hasLetterOfUndertaking = message.hasLetterOfUndertaking
        upiAddress = message.upiAddress
    }
}
