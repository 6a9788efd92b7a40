import Resources
import Testing

@testable import BillingServer
@testable import Postgres

extension BillingStatements {
    static let customers: [CheckedStatement] = {
        let id = RecordID(1)
        return [
            CheckedStatement("customer", .customer(id), CustomerRow.self),
            CheckedStatement("lockCustomer", .lockCustomer(id), CustomerRow.self),
            CheckedStatement("lockCustomers", .lockCustomers([id]), CustomerRow.self),
            CheckedStatement("lockPayer", .lockPayer(of: id), CustomerRow.self),
            CheckedStatement("customerFamily", .customerFamily(id), RecordID.self),
            CheckedStatement("customerBalances", .customerBalances(id), CustomerBalanceRow.self),
        ]
    }()
}
