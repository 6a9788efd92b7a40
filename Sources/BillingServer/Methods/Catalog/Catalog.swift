internal import BillingAPI
internal import Platform
internal import RPC
internal import Resources

/// The catalogue service: what is sold, what the law levies on it, and how much of it is there.
struct Catalog: Sendable {
    let office: Office

    init(_ office: Office) { self.office = office }

    /// The service and the subject that call, as records name them.
    func name(of call: Call) -> String { call[Caller.self]?.name ?? "" }

    /// What the tenant's calendar says.
    func today(_ seller: SellerRow?) throws(BillingError) -> CivilDate {
        try office.zones.day(of: office.clock.now(), in: seller?.timeZone ?? SellerDraft.usualTimeZone)
    }
}

extension Catalog: CatalogService {}
