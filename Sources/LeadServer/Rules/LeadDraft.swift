internal import LeadAPI
internal import Protobuf
internal import Resources

/// What a caller may write of a lead, checked, with the defaults filled in. Only ``LeadRules`` makes one: to hold a draft is to
/// know that it keeps every rule.
struct LeadDraft: Hashable, Sendable {
    let firstName: String
    let lastName: String
    let email: EmailAddress
    let phone: String
    let company: String
    let jobTitle: String
    let linkedinURL: String
    let status: LeadStatus
    let score: Int32
    let source: String
    let notes: String
    let tags: [String]
    let customFields: Map<String, CustomValue>
    let consent: ConsentDraft
    let timezone: String
    let country: String
}

/// What a lead has agreed to, checked.
struct ConsentDraft: Hashable, Sendable {
    var email = false
    var sms = false
    var phone = false
    var givenAt: Instant?
    var source = ""
    var ipAddress = ""
    var lawfulBasis = LawfulBasis.unspecified

    /// Nil when nothing is recorded at all: a lead without consent looks as it was sent.
    var message: Consent? {
        guard self != ConsentDraft() else { return nil }
        var consent = Consent()
        consent.email = email
        consent.sms = sms
        consent.phone = phone
        consent.givenAt = givenAt?.timestamp
        consent.source = source
        consent.ipAddress = ipAddress
        consent.lawfulBasis = lawfulBasis
        return consent
    }
}

extension Lead {
    /// The lead that a draft becomes when the server adds what only it can give.
    init(_ draft: LeadDraft, id: LeadID, version: Int64, createdAt: Instant, updatedAt: Instant) {
        self.init()
        self.id = id.text
        etag = Etag(version: version).text
        firstName = draft.firstName
        lastName = draft.lastName
        email = draft.email.display
        phone = draft.phone
        company = draft.company
        jobTitle = draft.jobTitle
        linkedinURL = draft.linkedinURL
        status = draft.status
        score = draft.score
        source = draft.source
        notes = draft.notes
        tags = draft.tags
        customFields = draft.customFields
        consent = draft.consent.message
        timezone = draft.timezone
        country = draft.country
        self.createdAt = createdAt.timestamp
        self.updatedAt = updatedAt.timestamp
    }
}
