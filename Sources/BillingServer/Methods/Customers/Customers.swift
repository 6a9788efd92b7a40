internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

/// The customer service: who buys, and what each of them owes.
struct Customers: Sendable {
    let office: Office

    init(_ office: Office) { self.office = office }

    /// - Throws: `notFound`.
    static func found(_ row: CustomerRow?, _ id: RecordID) throws(BillingError) -> CustomerRow {
        guard let row else { throw .notFound(.customer, id: id.description) }
        return row
    }

    /// A day that a request names, or today where the tenant is.
    ///
    /// - Throws: `invalid`, `timeZoneUnknown`.
    func day(_ text: String, as field: String, in zone: String) throws(BillingError) -> CivilDate {
        if let day = try CivilDate.reading(text, as: field) { return day }
        return try office.zones.day(of: office.clock.now(), in: zone)
    }

    /// - Throws: `invalid`.
    static func currency(_ code: String, as field: String) throws(BillingError) -> Currency {
        guard !code.isEmpty else { return .inr }
        guard let currency = Currency(code) else { throw .invalid(field, BillingError.currencyUnknown.description) }
        return currency
    }
}

extension Customers: CustomerService {}

extension CustomerBalance {
    var message: BillingAPI.CustomerBalance {
        .with {
            $0.owed = BillingAPI.Money(owed)
            $0.advance = BillingAPI.Money(advance)
        }
    }
}
