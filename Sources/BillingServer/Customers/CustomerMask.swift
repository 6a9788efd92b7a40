internal import BillingAPI
internal import Resources

/// The fields of a customer that an update names.
struct CustomerMask: Hashable, Sendable {
    /// A field that a caller may set, by its path.
    enum Field: String, CaseIterable, Sendable {
        case name, phone, email, nicknames, landmark
        case isNamesake = "is_namesake"
        case address, kind, gstin, pan
        case stateCode = "state_code"
        case creditLimit = "credit_limit"
        case paymentDays = "payment_days"
        case tags
    }

    private(set) var fields: Set<Field> = []

    /// Reads the paths of a `google.protobuf.FieldMask`. Each path that names nothing writable becomes a violation.
    init(_ paths: [String], _ violations: inout Violations) {
        guard !paths.isEmpty else {
            violations.add("update_mask", "It is required: name the fields to change, or * for all.")
            return
        }
        guard paths.count <= Limits.maskPaths else {
            violations.add("update_mask", "It has more than \(Limits.maskPaths) paths.")
            return
        }
        for (position, path) in paths.enumerated() {
            if path == "*" {
                fields.formUnion(Field.allCases)
            } else if let known = Field(rawValue: path) {
                fields.insert(known)
            } else if ["id", "etag", "merged_into", "created_at", "updated_at", "anonymised_at"].contains(path) {
                violations.add("update_mask.paths[\(position)]", "Only the server sets this field.")
            } else {
                violations.add("update_mask.paths[\(position)]", "A customer has no such field.")
            }
        }
    }

    /// `current` with the named fields as they are in `new`. A named field that `new` lacks is cleared. What follows from a GSTIN follows
    /// from the new one unless it is named as well.
    func applying(_ new: BillingAPI.Customer, to current: BillingAPI.Customer) -> BillingAPI.Customer {
        var result = current
        if fields.contains(.gstin), new.gstin != current.gstin {
            result.kind = current.kind == .specialEconomicZone && !new.gstin.isEmpty ? .specialEconomicZone : .unspecified
            if !new.gstin.isEmpty { (result.pan, result.stateCode) = ("", "") }
        }
        for field in fields { Self.copy(field, from: new, to: &result) }
        return result
    }

    private static func copy(_ field: Field, from new: BillingAPI.Customer, to result: inout BillingAPI.Customer) {
        switch field {
        case .name: result.name = new.name
        case .phone: result.phone = new.phone
        case .email: result.email = new.email
        case .nicknames: result.nicknames = new.nicknames
        case .landmark: result.landmark = new.landmark
        case .isNamesake: result.isNamesake = new.isNamesake
        case .address: result.address = new.address
        case .kind: result.kind = new.kind
        case .gstin: result.gstin = new.gstin
        case .pan: result.pan = new.pan
        case .stateCode: result.stateCode = new.stateCode
        case .creditLimit: result.creditLimit = new.creditLimit
        case .paymentDays: result.paymentDays = new.paymentDays
        case .tags: result.tags = new.tags
        }
    }
}
