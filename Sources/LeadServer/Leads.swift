internal import Crypto
public import LeadAPI
public import Platform
public import Postgres
internal import RPC

/// The lead service over PostgreSQL.
public struct Leads: LeadService {
    let database: Database
    let rules: LeadRules
    let pageKey: HMACSHA256
    let clock: LeadClock
    let remembered = RememberedLeads()

    /// - Parameters:
    ///   - database: one whose schema has ``LeadSchema/migrations``.
    ///   - secret: the same on all servers that serve the same callers: a page token of one opens at another.
    ///   - zones: the time zones that a lead may live in.
    public init(database: Database, secret: ServerSecret, zones: TimeZoneNames) {
        self.init(database: database, secret: secret, zones: zones, clock: .system)
    }

    init(database: Database, secret: ServerSecret, zones: TimeZoneNames, clock: LeadClock) {
        self.database = database
        rules = LeadRules(zones: zones)
        pageKey = HMACSHA256(key: secret.key(for: "switchboard.lead.v1 page token 1"))
        self.clock = clock
    }

    /// Whose news say that a remembered lead has changed: it is forgotten then. Listened to from the first caller on who takes one.
    public func follow(_ feed: EventFeed) { remembered.follow(feed) }

    /// How often callers who take a remembered lead got one.
    public var rememberedStatistics: CacheStatistics { remembered.cache.statistics }
}
