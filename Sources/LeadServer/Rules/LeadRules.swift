internal import LeadAPI
internal import Resources

/// The rules of a lead: a message in; a draft, or every violation at once, out. Those of the .proto come first for each field, then what
/// no .proto can state. Pure, apart from the set of known time zones.
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
        let declared = DeclaredRules(lead, now: now, limit: Limits.violations)
        func check(_ field: String, _ flaw: @autoclosure () -> String? = nil) { declared.check(field, flaw(), &violations) }
        check("first_name", Text.flaw(in: lead.firstName, required: true))
        check("last_name", Text.flaw(in: lead.lastName, required: true))
        let email = EmailAddress(lead.email)
        check("email", email == nil ? EmailAddress.flaw(in: lead.email) : nil)
        check("phone", lead.phone.isEmpty ? nil : PhoneNumber.flaw(in: lead.phone))
        check("company", Text.flaw(in: lead.company))
        check("job_title", Text.flaw(in: lead.jobTitle))
        check("linkedin_url", lead.linkedinURL.isEmpty ? nil : LinkedInURL.flaw(in: lead.linkedinURL))
        check("status")
        check("score")
        check("source", Text.flaw(in: lead.source))
        check("notes", Text.flaw(in: lead.notes, layout: .multiLine))
        check("tags")
        var seen: Set<String> = []
        for (position, tag) in lead.tags.enumerated() where !declared.breaks("tags") {
            check("tags[\(position)]", seen.insert(tag).inserted ? Text.flaw(in: tag, required: true) : "It is there twice.")
        }
        check("custom_fields", CustomFields.flaw(in: lead.customFields))
        for (key, value) in lead.customFields.sorted(by: { $0.key < $1.key })
        where CustomFields.isKey(key) && !declared.breaks("custom_fields") {
            let field = "custom_fields[\"\(key)\"]"
            check("\(field).value")
            check("\(field).text", CustomFields.text(of: value).flatMap { Text.flaw(in: $0) })
            check("\(field).number")
        }
        let consent = Self.draft(of: lead.consent ?? Consent(), declared, &violations)
        check("timezone", lead.timezone.isEmpty ? nil : zones.flaw(in: lead.timezone))
        check("country", lead.country.isEmpty ? nil : CountryCode.flaw(in: lead.country))

        guard violations.all.count == found, let email else { return nil }
        return LeadDraft(
            firstName: lead.firstName, lastName: lead.lastName, email: email, phone: lead.phone, company: lead.company,
            jobTitle: lead.jobTitle, linkedinURL: lead.linkedinURL,
            status: lead.status == .unspecified ? .new : lead.status, score: lead.score,
            source: lead.source.isEmpty ? defaultSource : lead.source, notes: lead.notes, tags: lead.tags,
            customFields: lead.customFields, consent: consent, timezone: lead.timezone, country: lead.country)
    }

    private static func draft(of consent: Consent, _ declared: DeclaredRules, _ violations: inout Violations) -> ConsentDraft {
        var draft = ConsentDraft(
            email: consent.email, sms: consent.sms, phone: consent.phone, source: consent.source, ipAddress: consent.ipAddress,
            lawfulBasis: consent.lawfulBasis)
        let isGiven = consent.email || consent.sms || consent.phone
        draft.givenAt = consent.givenAt.flatMap { Instant($0) }
        let givenAtFlaw =
            consent.givenAt != nil
            ? draft.givenAt == nil ? Instant.flaw : nil
            : isGiven ? "It is required with a consent: say when it was given." : nil
        declared.check("consent.given_at", givenAtFlaw, &violations)
        let isSourceMissing = isGiven && Text.isBlank(consent.source)
        let sourceFlaw = isSourceMissing ? "It is required with a consent: say where it was given." : Text.flaw(in: consent.source)
        declared.check("consent.source", sourceFlaw, &violations)
        declared.check("consent.ip_address", consent.ipAddress.isEmpty ? nil : IPAddress.flaw(in: consent.ipAddress), &violations)
        declared.check("consent.lawful_basis", nil, &violations)
        return draft
    }
}
