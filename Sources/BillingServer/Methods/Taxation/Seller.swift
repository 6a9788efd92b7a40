internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Taxation {
    func setSeller(_ request: SetSellerRequest, _ call: Call) async throws -> BillingAPI.Seller {
        let draft = try SellerDraft(request.seller ?? BillingAPI.Seller(), zones: office.zones)
        let now = office.clock.now()
        return try await office.database.transaction(call) { transaction in
            let current: SellerRow? = try await transaction.optional(.lockSeller)
            if let current {
                guard let etag = EtagCondition(request.etag) else { throw BillingError.invalid("etag", EtagCondition.flaw) }
                guard etag.allows(version: current.version) else { throw BillingError.etagMismatch(.seller, id: "") }
            } else if !["", "*"].contains(request.etag) {
                throw BillingError.etagMismatch(.seller, id: "")
            }
            let version = (current?.version ?? 0) + 1
            // Of two who say it first at the same time, the key lets one.
            transaction.enqueue(current == nil ? .insertSeller(draft, at: now) : .updateSeller(draft, version: version, at: now))
            return SellerRow(draft: draft, version: version, updatedAt: now).message
        }
    }

    func getSeller(_ request: GetSellerRequest, _ call: Call) async throws -> BillingAPI.Seller {
        let found: SellerRow? = try await office.database.batch(call) { $0.optional(.seller) }
        guard let found else { throw BillingError.sellerMissing }
        return found.message
    }
}
