import BillingAPI
import Platform
import Protobuf
import RPC
import Testing

@testable import BillingServer

struct ListCustomersTests {
    private static func names(
        _ tenant: BillingTenant, _ change: (inout ListCustomersRequest) -> Void = { _ in }
    ) async throws(RPCError) -> [String] {
        var request = ListCustomersRequest()
        change(&request)
        return try await tenant.customers.listCustomers(request, tenant.options()).customers.map(\.name)
    }

    @Test("customers are found by the beginning of name or number, tag, kind and balance; who is merged or deleted only when asked for")
    func filters() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer("Shri Asha Devi") { ($0.phone, $0.tags) = ("9876543210", ["vip", "monthly"]) }
        let usha = try await tenant.customer("Usha Devi") { ($0.phone, $0.gstin) = ("+442071838750", "27AAPFU0939F1ZV") }
        let ram = try await tenant.customer("राम") { $0.tags = ["vip"] }
        let old = try await tenant.customer("Asha D.")
        let gone = try await tenant.customer("Asha Gone")
        try await tenant.post(old.id, owed: 100, on: "2025-10-01")
        try await tenant.post(usha.id, advance: 100, on: "2025-10-01")
        try await tenant.post(ram.id, owed: 100, on: "2025-10-01")
        try await tenant.post(ram.id, owed: -100, on: "2025-10-02")
        try await tenant.merge(old, into: asha)
        try await tenant.delete(gone.id)

        #expect(try await Self.names(tenant) == ["राम", "Usha Devi", "Shri Asha Devi"])
        #expect(try await Self.names(tenant) { $0.text = "AS" } == ["Shri Asha Devi"])
        #expect(try await Self.names(tenant) { $0.text = "asha  DE" } == ["Shri Asha Devi"])
        #expect(try await Self.names(tenant) { $0.text = "devi" } == [])
        #expect(try await Self.names(tenant) { $0.text = "रा" } == ["राम"])
        #expect(try await Self.names(tenant) { $0.text = "98765" } == ["Shri Asha Devi"])
        #expect(try await Self.names(tenant) { $0.text = "098765 43210" } == ["Shri Asha Devi"])
        #expect(try await Self.names(tenant) { $0.text = "+44 20" } == ["Usha Devi"])
        #expect(try await Self.names(tenant) { $0.tag = "vip" } == ["राम", "Shri Asha Devi"])
        #expect(try await Self.names(tenant) { $0.kind = .registered } == ["Usha Devi"])
        #expect(try await Self.names(tenant) { $0.hasBalance = true } == ["Usha Devi", "Shri Asha Devi"])
        #expect(try await Self.names(tenant) { $0.hasBalance = false } == ["राम"])
        #expect(try await Self.names(tenant) { ($0.text, $0.tag, $0.hasBalance) = ("asha", "vip", true) } == ["Shri Asha Devi"])
        #expect(
            try await Self.names(tenant) { $0.includeClosed = true } == [
                "Deleted customer", "Asha D.", "राम", "Usha Devi", "Shri Asha Devi",
            ])
    }

    @Test("R13 · pages follow each other without a gap or a repetition, and a token opens only the list that it is of")
    func pages() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        var created: [String] = []
        for number in 0..<7 { created.append(try await tenant.customer("Customer \(number)").id) }
        var request = ListCustomersRequest()
        (request.pageSize, request.text) = (3, "customer")
        var (seen, sizes): ([String], [Int]) = ([], [])
        repeat {
            let reply = try await tenant.customers.listCustomers(request, tenant.options())
            seen += reply.customers.map(\.id)
            sizes.append(reply.customers.count)
            request.pageToken = reply.nextPageToken
            // Who comes meanwhile is newer than every page.
            try await tenant.customer("Customer between")
        } while !request.pageToken.isEmpty
        #expect(seen == created.reversed())
        #expect(sizes == [3, 3, 1])

        request.pageToken = ""
        let first = try await tenant.customers.listCustomers(request, tenant.options())
        request.pageToken = first.nextPageToken
        let stranger = try await BillingWorld.shared().tenant()
        #expect(
            await refusal { try await stranger.customers.listCustomers(request, stranger.options()) }?.reason == "PAGE_TOKEN_INVALID")
        request.text = "other"
        #expect(await refusal { try await tenant.customers.listCustomers(request, tenant.options()) }?.reason == "PAGE_TOKEN_INVALID")
        request.pageToken = "x"
        #expect(await refusal { try await tenant.customers.listCustomers(request, tenant.options()) }?.reason == "PAGE_TOKEN_INVALID")
    }

    @Test("a text without a letter or a digit, a page of 101 and a kind that there is not are refused")
    func refused() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        #expect(await refusal { try await Self.names(tenant) { $0.text = "%" } }?.violatedFields == ["text"])
        #expect(await refusal { try await Self.names(tenant) { $0.pageSize = 101 } }?.violatedFields == ["page_size"])
        #expect(await refusal { try await Self.names(tenant) { $0.kind = .init(rawValue: 9) } }?.violatedFields == ["kind"])
    }
}
