internal import LeadAPI
internal import Protobuf
internal import Resources

/// The fields of a lead that an update names.
struct LeadMask: Hashable, Sendable {
    /// A field that a caller may set, by its path.
    enum Field: String, CaseIterable, Sendable {
        case firstName = "first_name"
        case lastName = "last_name"
        case email
        case phone
        case company
        case jobTitle = "job_title"
        case linkedinURL = "linkedin_url"
        case status
        case score
        case source
        case notes
        case tags
        case customFields = "custom_fields"
        case consent
        case timezone
        case country
        case consentEmail = "consent.email"
        case consentSMS = "consent.sms"
        case consentPhone = "consent.phone"
        case consentGivenAt = "consent.given_at"
        case consentSource = "consent.source"
        case consentIPAddress = "consent.ip_address"
        case consentLawfulBasis = "consent.lawful_basis"
    }

    private(set) var fields: Set<Field> = []
    /// The keys of custom fields that are named one by one.
    private(set) var customFieldKeys: Set<String> = []

    /// Reads the paths of a `google.protobuf.FieldMask`. Each path that names nothing writable becomes a violation of `field`.
    init(_ paths: [String], as field: String, _ violations: inout Violations) {
        guard !paths.isEmpty else {
            violations.add(field, "It is required: name the fields to change, or * for all.")
            return
        }
        guard paths.count <= Limits.maskPaths else {
            violations.add(field, "It has more than \(Limits.maskPaths) paths.")
            return
        }
        for (position, path) in paths.enumerated() {
            if path == "*" {
                fields.formUnion(Field.allCases)
            } else if let known = Field(rawValue: path) {
                fields.insert(known)
            } else if let key = Self.customFieldKey(of: path) {
                customFieldKeys.insert(key)
            } else if ["id", "etag", "created_at", "updated_at"].contains(path) {
                violations.add("\(field).paths[\(position)]", "Only the server sets this field.")
            } else {
                violations.add("\(field).paths[\(position)]", "A lead has no such field.")
            }
        }
    }

    /// `current` with the named fields as they are in `new`. A named field that `new` lacks is cleared.
    func applying(_ new: Lead, to current: Lead) -> Lead {
        var result = current
        for field in fields { Self.copy(field, from: new, to: &result) }
        for key in customFieldKeys { result.customFields[key] = new.customFields[key] }
        return result
    }

    private static func customFieldKey(of path: String) -> String? {
        let prefix = Field.customFields.rawValue + "."
        guard path.hasPrefix(prefix) else { return nil }
        let key = String(path.dropFirst(prefix.count))
        return CustomFields.isKey(key) ? key : nil
    }

    private static func copy(_ field: Field, from new: Lead, to result: inout Lead) {
        switch field {
        case .firstName: result.firstName = new.firstName
        case .lastName: result.lastName = new.lastName
        case .email: result.email = new.email
        case .phone: result.phone = new.phone
        case .company: result.company = new.company
        case .jobTitle: result.jobTitle = new.jobTitle
        case .linkedinURL: result.linkedinURL = new.linkedinURL
        case .status: result.status = new.status
        case .score: result.score = new.score
        case .source: result.source = new.source
        case .notes: result.notes = new.notes
        case .tags: result.tags = new.tags
        case .customFields: result.customFields = new.customFields
        case .consent: result.consent = new.consent
        case .timezone: result.timezone = new.timezone
        case .country: result.country = new.country
        default: copyConsent(field, from: new.consent ?? Consent(), to: &result)
        }
    }

    private static func copyConsent(_ field: Field, from new: Consent, to lead: inout Lead) {
        var consent = lead.consent ?? Consent()
        switch field {
        case .consentEmail: consent.email = new.email
        case .consentSMS: consent.sms = new.sms
        case .consentPhone: consent.phone = new.phone
        case .consentGivenAt: consent.givenAt = new.givenAt
        case .consentSource: consent.source = new.source
        case .consentIPAddress: consent.ipAddress = new.ipAddress
        case .consentLawfulBasis: consent.lawfulBasis = new.lawfulBasis
        default: return
        }
        lead.consent = consent
    }
}
