internal import LeadAPI
internal import Resources

/// A filter that keeps the rules of its .proto, checked for the rest: the conditions that a lead has to meet, all of them.
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
        statuses = filter.statuses
        email = filter.email.isEmpty ? nil : EmailAddress.normalise(filter.email)
        for (position, tag) in filter.tags.enumerated() {
            if let flaw = Text.flaw(in: tag, required: true) { violations.add("tags[\(position)]", flaw) }
        }
        tags = filter.tags
        if let flaw = Text.flaw(in: filter.source) { violations.add("source", flaw) }
        source = filter.source.isEmpty ? nil : filter.source
        checkScores(of: filter, &violations)
        checkTimes(of: filter, &violations)
        guard violations.all.count == found else { return nil }
    }

    private mutating func checkScores(of filter: LeadFilter, _ violations: inout Violations) {
        minScore = filter.minScore
        maxScore = filter.maxScore
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
