import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import TestSupport
import Testing

@testable import BillingServer

struct AgingTests {
    private static func aging(
        _ tenant: BillingTenant, _ customer: String = "", asOf day: String = "", _ change: (inout AgingRequest) -> Void = { _ in }
    ) async throws(RPCError) -> AgingReply {
        var request = AgingRequest()
        (request.customerID, request.asOf) = (customer, day)
        change(&request)
        return try await tenant.customers.aging(request, tenant.options())
    }

    private static func amounts(_ buckets: AgingBuckets?) -> [Int64] {
        guard let buckets else { return [] }
        return [buckets.notDue, buckets.days0To30, buckets.days31To60, buckets.days61To90, buckets.days91AndMore].map {
            $0?.minorUnits ?? 0
        }
    }

    @Test(
        "what is open on a day is in the bucket of how late it was then: payments, credit notes and cancellations count from their days on")
    func course() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer()
        try await tenant.write(
            Bill(100, issued: "2025-01-01", due: "2025-01-31", paid: [.init(30, on: "2025-02-10"), .init(70, on: "2025-06-01")]),
            of: asha.id)
        try await tenant.write(
            Bill(40, issued: "2025-02-01", due: "2025-02-01", paid: [.init(40, on: "2025-02-05", released: "2025-03-05")]), of: asha.id)
        try await tenant.write(
            Bill(8, issued: "2025-02-01", due: "2025-03-01", credited: [.init(8, on: "2025-03-10", released: "2025-03-20")]), of: asha.id)
        try await tenant.write(Bill(2, issued: "2025-02-01", due: "2025-02-02", cancelled: "2025-03-15"), of: asha.id)
        for (day, expected) in [
            ("2024-12-31", []), ("2025-01-30", [100, 0, 0, 0, 0]), ("2025-01-31", [0, 100, 0, 0, 0]), ("2025-02-01", [10, 140, 0, 0, 0]),
            ("2025-02-10", [8, 72, 0, 0, 0]), ("2025-03-02", [0, 80, 0, 0, 0]), ("2025-03-03", [0, 10, 70, 0, 0]),
            ("2025-03-04", [0, 10, 70, 0, 0]), ("2025-03-05", [0, 8, 112, 0, 0]), ("2025-03-10", [0, 0, 112, 0, 0]),
            ("2025-03-15", [0, 0, 110, 0, 0]), ("2025-03-20", [0, 8, 110, 0, 0]), ("2025-05-01", [0, 0, 0, 118, 0]),
            ("2025-06-01", [0, 0, 0, 0, 48]),
        ] as [(String, [Int64])] {
            let reply = try await Self.aging(tenant, asha.id, asOf: day)
            #expect(Self.amounts(reply.total.first) == expected, "\(day)")
            #expect(Self.amounts(reply.customers.first?.buckets.first) == expected, "\(day)")
            #expect(reply.total.first?.total?.minorUnits ?? 0 == expected.reduce(0, +), "\(day)")
        }
    }

    @Test("of a tenant there are all customers page by page, with the whole sum on each; the survivor has the invoices of who was merged")
    func pages() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        var ids: [String] = []
        for number in 0..<5 {
            ids.append(try await tenant.customer("Customer \(number)").id)
            try await tenant.write(Bill(Int64(number + 1), issued: "2025-01-01", due: "2025-01-01"), of: ids[number])
        }
        try await tenant.write(Bill(1_000, issued: "2025-01-01", due: "2025-01-01", in: "USD"), of: ids[0])
        let (last, first) = (try await tenant.getCustomer(ids[4]), try await tenant.getCustomer(ids[0]))
        try await tenant.merge(last, into: first)
        var (seen, token): ([String], String) = ([], "")
        repeat {
            let reply = try await Self.aging(tenant, asOf: "2025-01-10") { ($0.pageSize, $0.pageToken) = (2, token) }
            #expect(reply.total.map { $0.total?.minorUnits ?? 0 } == [15, 1_000])
            seen += reply.customers.map { customer in
                "\(customer.customerID) \(customer.buckets.map { $0.total?.minorUnits ?? 0 })"
            }
            token = reply.nextPageToken
        } while !token.isEmpty
        #expect(seen == ["\(ids[0]) [6, 1000]", "\(ids[1]) [2]", "\(ids[2]) [3]", "\(ids[3]) [4]"])

        let page = try await Self.aging(tenant, asOf: "2025-01-10") { $0.pageSize = 2 }
        let other = await refusal { try await Self.aging(tenant, asOf: "2025-01-11") { $0.pageToken = page.nextPageToken } }
        #expect(other?.reason == "PAGE_TOKEN_INVALID")
        #expect(await refusal { try await Self.aging(tenant, ids[4]) }?.reason == "PRECONDITION_FAILED")
        #expect(await refusal { try await Self.aging(tenant, asOf: "2025-02-30") }?.violatedFields == ["as_of"])
        let stranger = try await BillingWorld.shared().tenant()
        #expect(await refusal { try await Self.aging(stranger, ids[0]) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(try await Self.aging(stranger, asOf: "2025-01-10").total.isEmpty)
    }

    @Test("of random invoices, payments, releases, credit notes and cancellations, every day's aging is what a replay has")
    func replay() async throws {
        let seed = Soak.seed(7_303)
        var random = SeededRandom(seed: seed)
        let tenant = try await BillingWorld.shared().tenant()
        let ids = [try await tenant.customer("A").id, try await tenant.customer("B").id]
        var bills: [(id: String, bill: Bill)] = []
        for _ in 0..<(Soak.isOn ? 400 : 40) {
            let bill = Bill.random(&random)
            bills.append((ids.randomElement(using: &random) ?? "", bill))
            try await tenant.write(bill, of: bills[bills.count - 1].id)
        }
        for _ in 0..<20 {
            let day = Bill.day(Int.random(in: -5..<420, using: &random))
            var wanted: [Int64] = [0, 0, 0, 0, 0]
            for (_, bill) in bills where bill.issued <= day {
                wanted[AgingBucket(daysLate: day.daysSince1970 - bill.due.daysSince1970).rawValue] += bill.open(on: day)
            }
            let found = try await Self.aging(tenant, asOf: day.description)
            #expect((found.total.isEmpty ? [0, 0, 0, 0, 0] : Self.amounts(found.total.first)) == wanted, "\(day), seed \(seed)")
            for id in ids {
                let sum = bills.filter { $0.id == id && $0.bill.issued <= day }.reduce(Int64(0)) { $0 + $1.bill.open(on: day) }
                let reply = try await Self.aging(tenant, id, asOf: day.description)
                #expect(reply.total.first?.total?.minorUnits ?? 0 == sum, "\(day), seed \(seed)")
            }
        }
    }

    @Test("how many days a customer takes to pay is the average over paid invoices, from issue and from when they were due")
    func velocity() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let (asha, old) = (try await tenant.customer(), try await tenant.customer("Asha D."))
        func velocity(_ id: String, _ from: String = "2025-01-01", _ to: String = "2025-12-31") async throws(RPCError) -> [Int64] {
            let reply = try await tenant.customers.paymentVelocity(
                .with { ($0.customerID, $0.from, $0.to) = (id, from, to) }, tenant.options())
            return [reply.invoiceCount, reply.averageCentidays, reply.averageLateCentidays]
        }
        #expect(try await velocity(asha.id) == [0, 0, 0])
        try await tenant.write(
            Bill(10, issued: "2025-01-01", due: "2025-01-31", paid: [.init(4, on: "2025-01-05"), .init(6, on: "2025-01-11")]), of: asha.id)
        try await tenant.write(
            Bill(
                10, issued: "2025-02-01", due: "2025-02-11",
                paid: [.init(10, on: "2025-02-02", released: "2025-02-03"), .init(10, on: "2025-02-22")]), of: old.id)
        try await tenant.write(Bill(10, issued: "2025-03-01", due: "2025-03-31", paid: [.init(9, on: "2025-03-02")]), of: asha.id)
        try await tenant.write(Bill(10, issued: "2025-03-01", due: "2025-03-31", credited: [.init(10, on: "2025-03-02")]), of: asha.id)
        #expect(try await velocity(asha.id) == [1, 10_00, -20_00])
        try await tenant.merge(old, into: asha)
        #expect(try await velocity(asha.id) == [2, 15_50, -4_50])
        #expect(try await velocity(asha.id, "2025-01-01", "2025-01-31") == [1, 10_00, -20_00])
        #expect(await refusal { try await velocity(asha.id, "2025-01-01", "2026-01-02") }?.reason == "DATE_RANGE_TOO_WIDE")
        #expect(await refusal { try await velocity(old.id) }?.reason == "PRECONDITION_FAILED")
    }
}
