internal import LeadAPI
internal import Postgres
internal import Resources

/// A lead as the database keeps it.
struct LeadRow: RowDecodable {
    let id: LeadID
    let version: Int64
    let createdAt: Instant
    let updatedAt: Instant
    let lead: Lead

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        version = try row["version"]
        var lead = Lead()
        lead.id = id.text
        lead.etag = Etag(version: version).text
        lead.firstName = try row["first_name"]
        lead.lastName = try row["last_name"]
        lead.email = try row["email"]
        lead.phone = try row["phone"]
        lead.company = try row["company"]
        lead.jobTitle = try row["job_title"]
        lead.linkedinURL = try row["linkedin_url"]
        lead.status = try Self.known(row["status"], LeadStatus.init(word:), "status")
        lead.score = try row["score"]
        lead.source = try row["source"]
        lead.notes = try row["notes"]
        lead.tags = try row["tags"]
        let customFields: JSONB = try row["custom_fields"]
        lead.customFields = try Self.known(customFields.text, CustomFieldsJSON.decode, "custom_fields")
        lead.consent = try Self.consent(of: row).message
        lead.timezone = try row["timezone"]
        lead.country = try row["country"]
        createdAt = try row["created_at"]
        lead.createdAt = createdAt.timestamp
        updatedAt = try row["updated_at"]
        lead.updatedAt = updatedAt.timestamp
        self.lead = lead
    }

    /// The columns that are read, in no order that matters.
    static let columns: SQL = """
        id, version, first_name, last_name, email, phone, company, job_title, linkedin_url, status, score, source, notes, tags, \
        custom_fields, consent_email, consent_sms, consent_phone, consent_given_at, consent_source, consent_ip_address, lawful_basis, \
        timezone, country, created_at, updated_at
        """

    private static func consent(of row: Row) throws(PostgresError) -> ConsentDraft {
        let basis: String = try row["lawful_basis"]
        return ConsentDraft(
            email: try row["consent_email"], sms: try row["consent_sms"], phone: try row["consent_phone"],
            givenAt: try row["consent_given_at"], source: try row["consent_source"], ipAddress: try row["consent_ip_address"],
            lawfulBasis: basis.isEmpty ? .unspecified : try known(basis, LawfulBasis.init(word:), "lawful_basis"))
    }

    private static func known<Value>(
        _ text: String, _ read: (String) -> Value?, _ column: String
    ) throws(PostgresError) -> Value {
        guard let value = read(text) else {
            throw PostgresError(
                .decoding, "Column \(column) of a lead holds what this version does not know. Run the version that wrote it.",
                column: column)
        }
        return value
    }
}
