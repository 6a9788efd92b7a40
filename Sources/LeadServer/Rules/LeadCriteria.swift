internal import LeadAPI

/// A filter, checked: the conditions that a lead has to meet, all of them.
struct LeadCriteria: Hashable, Sendable {
    var statuses: [LeadStatus] = []
    /// Normalised.
    var email: String?
    var tags: [String] = []
    var source: String?
    var minScore: Int32?
    var maxScore: Int32?
    var createdFrom: Instant?
    var createdBefore: Instant?

    /// Nil when anything was added to `violations`.
    init?(_ filter: LeadFilter, _ violations: inout Violations) {
        let found = violations.all.count
        if filter.statuses.count > Limits.filterStatuses {
            violations.add("statuses", "There are more than \(Limits.filterStatuses) of them.")
        } else {
            for (position, status) in filter.statuses.enumerated() where status.word == nil {
                violations.add("statuses[\(position)]", "It is no status that this server knows.")
            }
            statuses = filter.statuses
        }
        if !filter.email.isEmpty {
            if let flaw = EmailAddress.flaw(in: filter.email) { violations.add("email", flaw) }
            email = EmailAddress.normalise(filter.email)
        }
        if filter.tags.count > Limits.filterTags {
            violations.add("tags", "There are more than \(Limits.filterTags) of them.")
        } else {
            for (position, tag) in filter.tags.enumerated() {
                if let flaw = Text.flaw(in: tag, atMost: Limits.tagLength, required: true) { violations.add("tags[\(position)]", flaw) }
            }
            tags = filter.tags
        }
        if !filter.source.isEmpty {
            if let flaw = Text.flaw(in: filter.source, atMost: Limits.sourceLength) { violations.add("source", flaw) }
            source = filter.source
        }
        checkScores(of: filter, &violations)
        checkTimes(of: filter, &violations)
        guard violations.all.count == found else { return nil }
    }

    private mutating func checkScores(of filter: LeadFilter, _ violations: inout Violations) {
        minScore = filter.minScore
        maxScore = filter.maxScore
        for (field, score) in [("min_score", minScore), ("max_score", maxScore)] {
            if let score, !Limits.score.contains(score) { violations.add(field, "It is not between 0 and 100.") }
        }
        if let minScore, let maxScore, minScore > maxScore { violations.add("max_score", "It is less than min_score.") }
    }

    private mutating func checkTimes(of filter: LeadFilter, _ violations: inout Violations) {
        if let timestamp = filter.createdFrom {
            createdFrom = Instant(timestamp)
            if createdFrom == nil { violations.add("created_from", Instant.flaw) }
        }
        if let timestamp = filter.createdBefore {
            createdBefore = Instant(timestamp)
            if createdBefore == nil { violations.add("created_before", Instant.flaw) }
        }
        if let createdFrom, let createdBefore, createdFrom >= createdBefore {
            violations.add("created_before", "It is not later than created_from.")
        }
    }
}
