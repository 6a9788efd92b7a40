internal import BillingAPI
internal import RPC

/// The ledger's service.
struct Books: LedgerService {
    let office: Office

    init(_ office: Office) { self.office = office }
}
