import BillingAPI
import Protobuf
import Resources
import Testing

@testable import BillingServer
@testable import Postgres

extension BillingStatements {
    static let customers: [CheckedStatement] = {
        let id = RecordID(1)
        let time = Instant(unixMicroseconds: 0)
        guard let day = CivilDate("2025-10-01"), let days = try? DayRange(from: "2025-10-01", to: "2025-10-31", atMost: 31),
            let draft = try? CustomerDraft(.with { $0.name = "Asha" }), let all = try? CustomerCriteria(ListCustomersRequest()),
            let some = try? CustomerCriteria(
                .with { ($0.text, $0.tag, $0.kind, $0.hasBalance, $0.includeClosed) = ("98765", "vip", .abroad, true, true) }),
            let named = try? CustomerCriteria(.with { $0.text = "asha" })
        else { return [] }
        let traits = CustomerTraits(nameKey: "asha", landmarkKey: "", phone: "", gstin: "", pan: "")
        return lists([all, some, named], id) + [
            CheckedStatement("customer", .customer(id), CustomerRow.self),
            CheckedStatement("lockCustomer", .lockCustomer(id), CustomerRow.self),
            CheckedStatement("lockCustomers", .lockCustomers([id]), CustomerRow.self),
            CheckedStatement("lockPayer", .lockPayer(of: id), CustomerRow.self),
            CheckedStatement("customerFamily", .customerFamily(id), RecordID.self),
            CheckedStatement("customerBalances", .customerBalances(id), CustomerBalanceRow.self),
            CheckedStatement("customerBalances", .customerBalances(id, asOf: day), CustomerBalanceRow.self),
            CheckedStatement("partyBalances", .partyBalances(id), CustomerBalanceRow.self),
            CheckedStatement("insertCustomer", .insertCustomer(id, draft, at: time)),
            CheckedStatement("updateCustomer", .updateCustomer(id, draft, version: 2, at: time)),
            CheckedStatement("isCustomerHeld", .isCustomerHeld(id, at: time), Bool.self),
            CheckedStatement("anonymiseCustomer", .anonymiseCustomer(id, at: time)),
            CheckedStatement("anonymiseReminders", .anonymiseReminders(of: id, at: time)),
            CheckedStatement("mergeCustomer", .mergeCustomer(id, into: id, at: time)),
            CheckedStatement("customersLike", .customersLike(traits, except: id, limit: 1), CustomerRow.self),
            CheckedStatement("customersLike", .customersLike(traits, except: nil, limit: 1), CustomerRow.self),
            CheckedStatement("statementOpening", .statementOpening(of: id, in: .inr, before: day), Int64.self),
            CheckedStatement("statementEntries", .statementEntries(of: id, in: .inr, days, after: nil, limit: 1), StatementEntryRow.self),
            CheckedStatement("aging", .aging(asOf: day, of: nil, after: nil, payers: 21), AgingRow.self),
            CheckedStatement("aging", .aging(asOf: day, of: id, after: id, payers: 21), AgingRow.self),
            CheckedStatement("daysToPay", .daysToPay(of: id, days), DaysToPay.self),
            CheckedStatement("sellerTimeZone", .sellerTimeZone, String.self),
        ]
    }()

    /// Every condition, the first page and a later one.
    private static func lists(_ criteria: [CustomerCriteria], _ id: RecordID) -> [CheckedStatement] {
        criteria.flatMap { criteria in
            [nil, id].map { CheckedStatement("customers", .customers(criteria, after: $0, limit: 21), CustomerRow.self) }
        }
    }
}
