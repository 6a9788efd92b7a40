internal import BillingAPI
internal import Resources

/// What a customer is to the tax office: kind, GSTIN, PAN and state, which have to agree. What a GSTIN says need not be said again.
struct TaxIdentity: Hashable, Sendable {
    let kind: CustomerKind
    let gstin: GSTIN?
    let pan: String
    let state: StateCode?

    /// Nil when anything was added to `violations`.
    ///
    /// - Throws: `gstinChecksum` when that is what is wrong with the GSTIN.
    init?(_ message: BillingAPI.Customer, _ violations: inout Violations) throws(BillingError) {
        let found = violations.all.count
        gstin = try Self.gstin(message.gstin, &violations)
        kind = CustomerKind(message.kind) ?? (message.gstin.isEmpty ? .unregistered : .registered)
        if kind.isRegistered && message.gstin.isEmpty { violations.add("gstin", "It is required: who is of this kind has a registration.") }
        if !kind.isRegistered && !message.gstin.isEmpty {
            violations.add("gstin", "Who is of this kind has no registration: leave it empty.")
        }
        pan = message.pan.isEmpty ? gstin?.pan ?? "" : message.pan
        if let gstin, pan != gstin.pan { violations.add("pan", "It is another one than the GSTIN's.") }
        state = Self.state(message.stateCode, kind, gstin, &violations)
        guard violations.all.count == found else { return nil }
    }

    private static func gstin(_ text: String, _ violations: inout Violations) throws(BillingError) -> GSTIN? {
        guard !text.isEmpty else { return nil }
        do throws(BillingError) {
            return try GSTIN(text)
        } catch .gstinChecksum {
            throw .gstinChecksum
        } catch {
            violations.add("gstin", error.description)
            return nil
        }
    }

    private static func state(_ text: String, _ kind: CustomerKind, _ gstin: GSTIN?, _ violations: inout Violations) -> StateCode? {
        guard !text.isEmpty else { return gstin?.state }
        guard kind != .abroad else {
            violations.add("state_code", "Who is abroad has no state: leave it empty.")
            return nil
        }
        guard let named = StateCode(text) else {
            violations.add("state_code", BillingError.stateUnknown.description)
            return nil
        }
        if let gstin, gstin.state != named { violations.add("state_code", "It is another state than the GSTIN's.") }
        return named
    }
}

extension CustomerKind {
    /// Nil where nothing is said.
    init?(_ kind: BillingAPI.CustomerKind) {
        switch kind {
        case .unregistered: self = .unregistered
        case .registered: self = .registered
        case .specialEconomicZone: self = .specialEconomicZone
        case .abroad: self = .abroad
        default: return nil
        }
    }

    var message: BillingAPI.CustomerKind {
        switch self {
        case .unregistered: .unregistered
        case .registered: .registered
        case .specialEconomicZone: .specialEconomicZone
        case .abroad: .abroad
        }
    }
}
