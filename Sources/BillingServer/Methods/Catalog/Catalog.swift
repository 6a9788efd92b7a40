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

    /// A page of a list by ids, from the page before.
    func position(_ token: String, _ pages: PageToken) throws(BillingError) -> RecordID? {
        guard !token.isEmpty else { return nil }
        guard let id = pages.openText(token).flatMap({ RecordID($0) }) else { throw .pageTokenInvalid }
        return id
    }

    static func size(_ asked: Int32) -> Int { asked == 0 ? Limits.pageSizeDefault : Int(asked) }

    /// An id whose form the request's rules have checked.
    static func id(_ field: String, _ text: String) throws(BillingError) -> RecordID {
        guard let id = RecordID(text) else { throw .invalid(field, "It is no id: write a UUID in its 36-character form.") }
        return id
    }

    /// A day, or nil for an empty text.
    static func day(_ field: String, _ text: String) throws(BillingError) -> CivilDate? {
        guard !text.isEmpty else { return nil }
        guard let day = CivilDate(text) else { throw .invalid(field, BillingError.dateInvalid.description) }
        return day
    }
}

extension Catalog: CatalogService {}
