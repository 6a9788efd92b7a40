internal import Postgres

/// What a constraint of this service's tables means to a caller. The rules of a lead are checked before it is written, so that mostly
/// nobody hears of these; a test compares the table with the catalogue.
enum LeadConstraint: Hashable {
    /// The field of a Lead that breaks it.
    case field(String)
    case emailTaken
    /// Only a mistake of this server breaks it.
    case own

    static let all: [String: LeadConstraint] = [
        "lead_email_taken": .emailTaken,
        "lead_first_name": .field("first_name"),
        "lead_last_name": .field("last_name"),
        "lead_email": .field("email"),
        "lead_phone": .field("phone"),
        "lead_company": .field("company"),
        "lead_job_title": .field("job_title"),
        "lead_linkedin_url": .field("linkedin_url"),
        "lead_status": .field("status"),
        "lead_status_follows": .field("status"),
        "lead_score": .field("score"),
        "lead_source": .field("source"),
        "lead_notes": .field("notes"),
        "lead_tags": .field("tags"),
        "lead_tag_length": .field("tags"),
        "lead_custom_fields": .field("custom_fields"),
        "lead_consent": .field("consent"),
        "lead_lawful_basis": .field("consent.lawful_basis"),
        "lead_country": .field("country"),
        "lead_key": .own,
        "lead_version": .own,
        "lead_tag_key": .own,
        "lead_tag_lead": .own,
        "lead_import_key": .own,
        "lead_import_digest": .own,
        "lead_import_sum": .own,
        "lead_import_refusal_key": .own,
        "lead_import_refusal_import": .own,
    ]
}

extension LeadError {
    /// Why the database does not take a lead, where that is the caller's business.
    ///
    /// - Parameter email: the address that was to be written.
    init?(_ error: PostgresError, writing email: String) {
        switch error.constraint.flatMap({ LeadConstraint.all[$0] }) {
        case .emailTaken: self = .emailExists(email)
        case .field(let field): self = .invalid("lead.\(field)", "The value is not one that can be kept.")
        case .own, nil: return nil
        }
    }
}
