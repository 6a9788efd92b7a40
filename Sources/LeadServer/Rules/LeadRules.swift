internal import LeadAPI

/// The rules of a lead: a message in; a draft, or every violation at once, out. Pure, apart from the set of known time zones.
struct LeadRules: Sendable {
    let zones: TimeZoneNames

    /// Checks a lead that a caller wants to write.
    ///
    /// - Parameters:
    ///   - defaultSource: the source of a lead that names none.
    ///   - now: no consent can be given later.
    /// - Returns: the draft, or nil when anything was added to `violations`.
    func draft(
        of lead: Lead, defaultSource: String = "manual", now: Instant, _ violations: inout Violations
    ) -> LeadDraft? {
        let found = violations.all.count
        func check(_ field: String, _ flaw: String?) {
            if let flaw { violations.add(field, flaw) }
        }
        check("first_name", Text.flaw(in: lead.firstName, atMost: Limits.nameLength, required: true))
        check("last_name", Text.flaw(in: lead.lastName, atMost: Limits.nameLength, required: true))
        check("email", EmailAddress.flaw(in: lead.email))
        check("phone", lead.phone.isEmpty ? nil : PhoneNumber.flaw(in: lead.phone))
        check("company", Text.flaw(in: lead.company, atMost: Limits.companyLength))
        check("job_title", Text.flaw(in: lead.jobTitle, atMost: Limits.jobTitleLength))
        check("linkedin_url", lead.linkedinURL.isEmpty ? nil : LinkedInURL.flaw(in: lead.linkedinURL))
        let status = lead.status == .unspecified ? LeadStatus.new : lead.status
        check("status", status.word == nil ? "It is no status that this server knows." : nil)
        check("score", Limits.score.contains(lead.score) ? nil : "It is not between 0 and 100.")
        check("source", Text.flaw(in: lead.source, atMost: Limits.sourceLength))
        check("notes", Text.flaw(in: lead.notes, atMost: Limits.notesLength, layout: .multiLine))
        Self.check(lead.tags, &violations)
        CustomFields.check(lead.customFields, &violations)
        let consent = Self.draft(of: lead.consent ?? Consent(), now: now, &violations)
        check("timezone", lead.timezone.isEmpty ? nil : zones.flaw(in: lead.timezone))
        check("country", lead.country.isEmpty ? nil : CountryCode.flaw(in: lead.country))

        guard violations.all.count == found, let email = EmailAddress(lead.email) else { return nil }
        return LeadDraft(
            firstName: lead.firstName, lastName: lead.lastName, email: email, phone: lead.phone, company: lead.company,
            jobTitle: lead.jobTitle, linkedinURL: lead.linkedinURL, status: status, score: lead.score,
            source: lead.source.isEmpty ? defaultSource : lead.source, notes: lead.notes, tags: lead.tags,
            customFields: lead.customFields, consent: consent, timezone: lead.timezone, country: lead.country)
    }

    private static func check(_ tags: [String], _ violations: inout Violations) {
        guard tags.count <= Limits.tags else {
            violations.add("tags", "There are more than \(Limits.tags) of them.")
            return
        }
        var seen: Set<String> = []
        for (position, tag) in tags.enumerated() {
            if let flaw = Text.flaw(in: tag, atMost: Limits.tagLength, required: true) {
                violations.add("tags[\(position)]", flaw)
            } else if !seen.insert(tag).inserted {
                violations.add("tags[\(position)]", "It is there twice.")
            }
        }
    }

    private static func draft(of consent: Consent, now: Instant, _ violations: inout Violations) -> ConsentDraft {
        var draft = ConsentDraft(
            email: consent.email, sms: consent.sms, phone: consent.phone, source: consent.source, ipAddress: consent.ipAddress,
            lawfulBasis: consent.lawfulBasis)
        let isGiven = consent.email || consent.sms || consent.phone
        if let timestamp = consent.givenAt {
            draft.givenAt = Instant(timestamp)
            if let givenAt = draft.givenAt {
                if givenAt > now { violations.add("consent.given_at", "It lies in the future.") }
            } else {
                violations.add("consent.given_at", Instant.flaw)
            }
        } else if isGiven {
            violations.add("consent.given_at", "It is required with a consent: say when it was given.")
        }
        if isGiven && Text.isBlank(consent.source) {
            violations.add("consent.source", "It is required with a consent: say where it was given.")
        } else if let flaw = Text.flaw(in: consent.source, atMost: Limits.consentSourceLength) {
            violations.add("consent.source", flaw)
        }
        if !consent.ipAddress.isEmpty, let flaw = IPAddress.flaw(in: consent.ipAddress) {
            violations.add("consent.ip_address", flaw)
        }
        if consent.lawfulBasis != .unspecified && consent.lawfulBasis.word == nil {
            violations.add("consent.lawful_basis", "It is no lawful basis that this server knows.")
        }
        return draft
    }
}
