internal import BillingAPI
internal import RPC

/// The tax service: who the tenant is to the tax office, and what it owes it.
struct Taxation: Sendable {
    let office: Office

    init(_ office: Office) { self.office = office }
}

extension Taxation: TaxService {}
