extension Quota {
    /// What a subject has whom nobody gave anything else.
    ///
    /// A person with a mouse reads ten times a second at most, and writes twice; what costs money or reaches other people is done seldom. A
    /// tenant has what ten of its busiest people have together: one more than that is a program. An endpoint gets what a provider tells of
    /// one tenant's doings.
    ///
    /// A service is a program of the house, on as many machines as it needs: it may ask us as fast as some cores of a server answer, so that
    /// only a loop that has run away is ever held up, and after ten seconds of that, not a minute. What it sends to other people, and what it
    /// asks of models, is its tenants' business: there it has as much as one of them.
    static func standard(_ kind: QuotaSubject.Kind, _ class: QuotaClass) -> Quota {
        switch kind {
        case .principal, .endpoint: Quota(perPeriod: `class`.ofOne)
        case .tenant: Quota(perPeriod: `class`.ofOne * 10)
        case .service:
            switch `class` {
            case .read: Quota(perPeriod: 600_000, burst: 100_000)
            case .write: Quota(perPeriod: 120_000, burst: 20_000)
            case .ingest: Quota(perPeriod: 60_000, burst: 10_000)
            // A hundred a second: those of all balancers and supervisors that share a certificate, at servers that answer from memory.
            case .probe: Quota(perPeriod: 6_000)
            case .send, .ai, .admin, .spending: Quota(perPeriod: `class`.ofOne * 10)
            }
        }
    }
}

extension QuotaClass {
    /// What one person has of it in a period.
    fileprivate var ofOne: UInt64 {
        switch self {
        case .read, .probe: 600
        case .write: 120
        case .send, .admin: 30
        case .ai: 5
        case .ingest: 100
        // Five pounds, euros or dollars, or five rupees, until a tenant says what it wants to spend.
        case .spending: 5_000_000
        }
    }

    /// Whether it is the tenant's whoever does it, a service in its own name, too: what reaches other people and what costs money. The rest is
    /// our own capacity, of which a service has a part of its own: what it does by itself takes nothing from the tenant's people.
    var isAlwaysTenants: Bool {
        switch self {
        case .send, .ai, .spending: true
        case .read, .write, .admin, .ingest, .probe: false
        }
    }
}
