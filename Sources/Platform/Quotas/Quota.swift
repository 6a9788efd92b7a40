public import RPC

/// What a quota is for: methods of a kind, or what they spend. Each subject has one of each.
public enum QuotaClass: Int, Sendable, Hashable, CaseIterable {
    case read, write, send, ai, admin, ingest, probe
    /// Money that artificial intelligence costs, in millionths of the tenant's currency, by the day.
    case spending

    public init(_ rateClass: MethodPolicy.RateClass) {
        self =
            switch rateClass {
            case .read: .read
            case .write: .write
            case .send: .send
            case .ai: .ai
            case .admin: .admin
            case .ingest: .ingest
            case .probe: .probe
            }
    }

    /// As tables, messages and metadata name it.
    public var name: String {
        switch self {
        case .read: "read"
        case .write: "write"
        case .send: "send"
        case .ai: "ai"
        case .admin: "admin"
        case .ingest: "ingest"
        case .probe: "probe"
        case .spending: "spending"
        }
    }

    public init?(name: String) {
        guard let found = QuotaClass.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// The time in which a quota is earned once, in nanoseconds.
    var periodNanoseconds: UInt64 {
        switch self {
        case .spending: 86_400_000_000_000
        case .read, .write, .send, .ai, .admin, .ingest, .probe: 60_000_000_000
        }
    }
}

/// How many units may be taken: so many in each period of its class (a minute; for ``QuotaClass/spending`` a day), evenly, and so many at once.
public struct Quota: Hashable, Sendable {
    /// Units that are earned in a period, from 1.
    public var perPeriod: UInt64
    /// Units that may be taken at once after a rest, from 1.
    public var burst: UInt64

    /// Without a burst it is all that is earned in a period: who has rested for a minute may call as often as in that minute.
    public init(perPeriod: UInt64, burst: UInt64? = nil) {
        self.perPeriod = perPeriod
        self.burst = burst ?? perPeriod
    }

    /// The rate of who has `share` of the burst's units, the rest being others'. All shares together earn what the quota says, or less by
    /// parts of a nanosecond.
    func rate(of class: QuotaClass, share: UInt64) -> CellRate {
        let interval = Quota.quotientRoundedUp(`class`.periodNanoseconds, max(1, perPeriod))
        guard share < burst else { return CellRate(interval: interval, burst: burst) }
        guard share > 0 else { return CellRate(interval: interval, burst: 0) }
        let (whole, overflow) = interval.multipliedReportingOverflow(by: burst)
        return CellRate(interval: Quota.quotientRoundedUp(overflow ? .max : whole, share), burst: share)
    }

    private static func quotientRoundedUp(_ dividend: UInt64, _ divisor: UInt64) -> UInt64 {
        dividend / divisor + (dividend % divisor > 0 ? 1 : 0)
    }
}
