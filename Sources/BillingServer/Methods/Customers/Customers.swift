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

    /// - Throws: `invalid` for what is no id.
    static func id(_ text: String, as field: String) throws(BillingError) -> RecordID {
        guard let id = RecordID(text) else { throw .invalid(field, "It is no id: write a UUID of 36 characters.") }
        return id
    }

    /// - Throws: `invalid` when no version is named.
    static func etag(_ text: String, as field: String = "etag") throws(BillingError) -> EtagCondition {
        guard let etag = EtagCondition(text) else { throw .invalid(field, EtagCondition.flaw) }
        return etag
    }

    /// - Throws: `notFound`.
    static func found(_ row: CustomerRow?, _ id: RecordID) throws(BillingError) -> CustomerRow {
        guard let row else { throw .notFound(.customer, id: id.description) }
        return row
    }

    /// A day that a request names, or today where the tenant is.
    ///
    /// - Throws: `invalid`, `timeZoneUnknown`.
    func day(_ text: String, as field: String, in zone: String) throws(BillingError) -> CivilDate {
        guard !text.isEmpty else { return try office.zones.day(of: office.clock.now(), in: zone) }
        guard let day = CivilDate(text) else { throw .invalid(field, BillingError.dateInvalid.description) }
        return day
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
