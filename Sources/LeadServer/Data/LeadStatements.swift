internal import LeadAPI
internal import Platform
internal import Postgres
internal import Resources

/// The statements over single leads. Each names its tenant, and row-level security would, too.
extension SQL {
    static func lead(_ id: LeadID) -> SQL {
        "SELECT \(LeadRow.columns) FROM lead WHERE tenant_id = current_tenant() AND id = \(id) AND deleted_at IS NULL"
    }

    /// The lead, held until the transaction ends: nobody changes it in between.
    static func lockLead(_ id: LeadID) -> SQL {
        "\(lead(id)) FOR UPDATE"
    }

    /// - Parameter ids: bounded by the caller.
    static func leads(_ ids: [LeadID]) -> SQL {
        "SELECT \(LeadRow.columns) FROM lead WHERE tenant_id = current_tenant() AND id = ANY(\(ids)) AND deleted_at IS NULL"
    }

    static func insertLead(_ id: LeadID, _ draft: LeadDraft, at time: Instant) -> SQL {
        """
        INSERT INTO lead (
            tenant_id, id, first_name, last_name, email, phone, company, job_title, linkedin_url, status, score, source, notes, tags,
            custom_fields, consent_email, consent_sms, consent_phone, consent_given_at, consent_source, consent_ip_address,
            lawful_basis, timezone, country, created_at, updated_at
        ) VALUES (
            current_tenant(), \(id), \(draft.firstName), \(draft.lastName), \(draft.email.display), \(draft.phone), \(draft.company),
            \(draft.jobTitle), \(draft.linkedinURL), \(draft.statusWord), \(draft.score), \(draft.source), \(draft.notes), \(draft.tags),
            \(draft.customFieldsJSON), \(draft.consent.email), \(draft.consent.sms), \(draft.consent.phone), \(draft.consent.givenAt),
            \(draft.consent.source), \(draft.consent.ipAddress), \(draft.lawfulBasisWord), \(draft.timezone), \(draft.country),
            \(time), \(time)
        )
        """
    }

    static func updateLead(_ id: LeadID, _ draft: LeadDraft, version: Int64, at time: Instant) -> SQL {
        """
        UPDATE lead SET
            version = \(version), first_name = \(draft.firstName), last_name = \(draft.lastName), email = \(draft.email.display),
            phone = \(draft.phone), company = \(draft.company), job_title = \(draft.jobTitle), linkedin_url = \(draft.linkedinURL),
            status = \(draft.statusWord), score = \(draft.score), source = \(draft.source), notes = \(draft.notes), tags = \(draft.tags),
            custom_fields = \(draft.customFieldsJSON), consent_email = \(draft.consent.email), consent_sms = \(draft.consent.sms),
            consent_phone = \(draft.consent.phone), consent_given_at = \(draft.consent.givenAt), consent_source = \(draft.consent.source),
            consent_ip_address = \(draft.consent.ipAddress), lawful_basis = \(draft.lawfulBasisWord), timezone = \(draft.timezone),
            country = \(draft.country), updated_at = \(time)
        WHERE tenant_id = current_tenant() AND id = \(id)
        """
    }

    /// One row with the lead's version and whether it is deleted now; none when there is no such lead.
    static func deleteLead(_ id: LeadID, _ etag: EtagCondition, at time: Instant) -> SQL {
        let isWanted: SQL =
            switch etag {
            case .any: "true"
            case .exactly(let version): "found.version = \(version)"
            }
        return """
            WITH found AS (
                SELECT version FROM lead WHERE tenant_id = current_tenant() AND id = \(id) AND deleted_at IS NULL FOR UPDATE
            ), deleted AS (
                UPDATE lead SET deleted_at = \(time), updated_at = \(time), version = lead.version + 1 FROM found
                WHERE tenant_id = current_tenant() AND id = \(id) AND \(isWanted) RETURNING 1
            ), told AS (
                \(Event.leadDeleted(id).insertion(from: "deleted"))
            )
            SELECT EXISTS (SELECT FROM deleted) AS is_deleted FROM found
            """
    }
}

extension LeadDraft {
    /// A draft has a known status and a known basis or none: its rules have checked them.
    var statusWord: String { status.word ?? "" }
    var lawfulBasisWord: String { consent.lawfulBasis.word ?? "" }
    var customFieldsJSON: JSONB { JSONB(text: CustomFieldsJSON.encode(customFields)) }
}
