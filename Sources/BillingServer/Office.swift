internal import Crypto
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources
internal import Senders

/// What every service of billing stands on.
struct Office: Sendable {
    let database: Database
    let clock: BillingClock
    let zones = Zones()
    /// Whom mails to customers come from; nil: none are sent.
    let mailbox: Mailbox?
    private let pageKey: HMACSHA256

    init(database: Database, secret: ServerSecret, clock: BillingClock, mailbox: Mailbox? = nil) {
        self.database = database
        self.clock = clock
        self.mailbox = mailbox
        pageKey = HMACSHA256(key: secret.key(for: "switchboard.billing.v1 page token 1"))
    }

    /// The day that it is where the seller is.
    ///
    /// - Throws: `sellerMissing`: without one nobody knows what day it is; `timeZoneUnknown`.
    func today(_ seller: SellerRow?, at now: Instant) throws(BillingError) -> CivilDate {
        guard let seller else { throw .sellerMissing }
        return try zones.day(of: now, in: seller.timeZone)
    }

    /// The tokens of a list's pages.
    ///
    /// - Parameter query: the request without its page size and token.
    func pages(of list: StaticString, _ query: some Message, _ call: Call) -> PageToken {
        PageToken(
            key: pageKey, tenant: call[Caller.self]?.tenant ?? "", query: Array("\(list) ".utf8) + query.encoded(deterministic: true))
    }
}
