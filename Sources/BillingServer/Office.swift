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

extension Office {
    /// The work of a keyed call, which is done again when others got in its way.
    func once<Reply: Message>(
        _ request: some Message, _ call: Call, _ body: (borrowing Transaction) async throws -> Reply
    ) async throws -> Reply {
        let key = try IdempotencyKey(call)
        return try await explained(call) {
            try await database.once(key, request: request, call, retries: .onConflict(), body)
        }
    }

    /// What the database refuses in words of billing, and for a product that nobody knows those that may have been meant.
    func explained<Reply>(_ call: Call, _ work: () async throws -> Reply) async throws -> Reply {
        do {
            return try await work()
        } catch let error as PostgresError {
            throw BillingError(error) ?? error
        } catch BillingError.productUnknown(let name, _) {
            let candidates: [MeantProduct] = try await database.batch(Scope(call)) { $0.all(.productCandidates(name)) }
            throw BillingError.productUnknown(name, candidates: candidates)
        }
    }
}
