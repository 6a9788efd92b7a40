import BillingAPI
import Postgres
import Protobuf
import RPC
import StandardTypes
import Testing

@testable import BillingServer

extension BillingTenant {
    var customers: CustomerServiceClient { CustomerServiceClient(world.channel) }

    /// A customer without a registration.
    @discardableResult
    func customer(
        _ name: String = "Asha Devi", key: String = newKey(), _ change: (inout BillingAPI.Customer) -> Void = { _ in }
    ) async throws(RPCError) -> BillingAPI.Customer {
        var customer = BillingAPI.Customer()
        customer.name = name
        change(&customer)
        return try await customers.createCustomer(.with { $0.customer = customer }, options(key: key))
    }

    func getCustomer(_ id: String) async throws(RPCError) -> BillingAPI.Customer {
        try await customers.getCustomer(.with { $0.id = id }, options())
    }

    @discardableResult
    func update(
        _ customer: BillingAPI.Customer, _ paths: String..., etag: String? = nil, _ change: (inout BillingAPI.Customer) -> Void
    ) async throws(RPCError) -> BillingAPI.Customer {
        var new = customer
        change(&new)
        return try await customers.updateCustomer(
            .with {
                $0.customer = new
                $0.updateMask = .with { $0.paths = paths }
                $0.etag = etag ?? customer.etag
            }, options())
    }

    func delete(_ id: String, etag: String = "*") async throws(RPCError) {
        _ = try await customers.deleteCustomer(.with { ($0.id, $0.etag) = (id, etag) }, options())
    }

    @discardableResult
    func merge(
        _ merged: BillingAPI.Customer, into survivor: BillingAPI.Customer, etags: (merged: String, survivor: String) = ("*", "*"),
        key: String = newKey()
    ) async throws(RPCError) -> MergeCustomersReply {
        try await customers.mergeCustomers(
            .with {
                ($0.survivorID, $0.mergedID) = (survivor.id, merged.id)
                ($0.survivorEtag, $0.mergedEtag) = (etags.survivor, etags.merged)
            }, options(key: key))
    }

    /// All parts of a statement.
    func statement(_ id: String, from: String, to: String, in currency: String = "") async throws -> [StatementPart.Part] {
        let request = StatementRequest.with { ($0.customerID, $0.from, $0.to, $0.currencyCode) = (id, from, to, currency) }
        var all: [StatementPart.Part] = []
        for try await part in try await customers.statement(request, options()) { all.append(try #require(part.part)) }
        return all
    }

    /// What is owed and paid ahead in rupees at the end of a day, in paise.
    func balance(_ id: String, asOf day: String = "") async throws(RPCError) -> (owed: Int64, advance: Int64) {
        let reply = try await customers.asOfBalance(.with { ($0.customerID, $0.asOf) = (id, day) }, options())
        let rupees = reply.balances.first { $0.owed?.currencyCode == "INR" }
        return (rupees?.owed?.minorUnits ?? 0, rupees?.advance?.minorUnits ?? 0)
    }

    /// Posts to a customer's account as documents do: above zero more is owed or paid ahead, below zero less.
    func post(
        _ id: String, owed: Int64 = 0, advance: Int64 = 0, on day: String, _ currency: Currency = .inr,
        kind: Posting.DocumentKind = .invoice
    ) async throws {
        let customer = try #require(RecordID(id))
        var draft = JournalDraft(in: currency)
        try draft.add(.debit, .receivable, of: customer, owed)
        try draft.add(.credit, .customerAdvances, of: customer, advance)
        try draft.add(.credit, .sales, owed - advance)
        let posting = Posting(
            id: LedgerTenant.newID(), journal: try draft.journal(), effectiveOn: CivilDate(known: day),
            document: .init(kind: kind, id: LedgerTenant.newID()), postedBy: "tester/ada")
        try await world.connections.batch(scope) { $0.enqueue(.postJournal(posting)) }
    }
}
