extension Quota {
    /// What a subject has whom nobody gave anything else.
    ///
    /// A person with a mouse reads ten times a second at most, and writes twice; what costs money or reaches other people is done seldom. A
    /// tenant has what ten of its busiest people have together: one more than that is a program. An endpoint gets what a provider tells of
    /// one tenant's doings.
    static func standard(_ kind: QuotaSubject.Kind, _ class: QuotaClass) -> Quota {
        let one: UInt64 =
            switch `class` {
            case .read: 600
            case .write: 120
            case .send: 30
            case .ai: 5
            case .admin: 30
            case .ingest: 100
            // Five pounds, euros or dollars, or five rupees, until a tenant says what it wants to spend.
            case .spending: 5_000_000
            }
        return Quota(perPeriod: kind == .tenant ? one * 10 : one)
    }
}
