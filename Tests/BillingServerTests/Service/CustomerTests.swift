import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import StandardTypes
import Testing

@testable import BillingServer

struct CustomerTests {
    @Test("a customer is created once under its key, read, and changed by who has read its version")
    func course() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let key = BillingTenant.newKey()
        let change = { @Sendable (customer: inout BillingAPI.Customer) in
            (customer.phone, customer.gstin, customer.landmark) = ("098765 43210", "29AAGCB7383J1Z4", "behind the temple")
            (customer.nicknames, customer.tags, customer.paymentDays) = (["Didi"], ["vip", "monthly"], 30)
            customer.creditLimit = .with { ($0.currencyCode, $0.minorUnits) = ("INR", 50_000_00) }
        }
        let created = try await tenant.customer(key: key, change)
        #expect((created.phone, created.kind, created.pan, created.stateCode) == ("+919876543210", .registered, "AAGCB7383J", "29"))
        #expect(try await tenant.customer(key: key, change) == created)
        #expect(await refusal { try await tenant.customer("Usha", key: key) }?.reason == "IDEMPOTENCY_KEY_REUSED")
        #expect(try await tenant.count("SELECT count(*) FROM customer WHERE tenant_id = current_tenant()") == 1)
        #expect(try await tenant.getCustomer(created.id) == created)

        let renamed = try await tenant.update(created, "name", "credit_limit") {
            $0.name = "Asha Rani"
            $0.creditLimit = nil
        }
        #expect((renamed.name, renamed.creditLimit == nil, renamed.gstin) == ("Asha Rani", true, created.gstin))
        #expect(renamed.etag != created.etag)
        #expect(try await tenant.getCustomer(created.id) == renamed)
        #expect(await refusal { try await tenant.update(created, "name") { $0.name = "Late" } }?.reason == "ETAG_MISMATCH")
        #expect(await refusal { try await tenant.update(renamed, "name", etag: "") { _ in } }?.violatedFields == ["etag"])
        #expect(await refusal { try await tenant.update(renamed, "id") { _ in } }?.violatedFields == ["update_mask.paths[0]"])
        #expect(await refusal { try await tenant.update(renamed, "name") { $0.name = "\t" } }?.violatedFields == ["customer.name"])
        #expect(try await tenant.getCustomer(created.id) == renamed)
    }

    /// What is wrong with a customer, and what is said of it.
    private struct Bad: Sendable {
        let change: @Sendable (inout BillingAPI.Customer) -> Void
        let reason: String
        let fields: [String]

        init(_ change: @escaping @Sendable (inout BillingAPI.Customer) -> Void, _ reason: String, _ fields: [String]) {
            (self.change, self.reason, self.fields) = (change, reason, fields)
        }
    }

    private static let bad: [Bad] = [
        Bad({ $0.name = "" }, "FIELD_VIOLATION", ["customer.name"]),
        Bad({ $0.name = String(repeating: "x", count: 256) }, "FIELD_VIOLATION", ["customer.name"]),
        Bad({ $0.phone = "12" }, "FIELD_VIOLATION", ["customer.phone"]),
        Bad({ $0.email = "nobody" }, "FIELD_VIOLATION", ["customer.email"]),
        Bad({ $0.gstin = "27AAPFU0939F1ZW" }, "GSTIN_CHECKSUM", []),
        Bad({ $0.gstin = "27aapfu0939f1zv" }, "FIELD_VIOLATION", ["customer.gstin"]),
        Bad({ ($0.gstin, $0.pan) = ("27AAPFU0939F1ZV", "AAGCB7383J") }, "FIELD_VIOLATION", ["customer.pan"]),
        Bad({ $0.paymentDays = 366 }, "FIELD_VIOLATION", ["customer.payment_days"]),
        Bad({ $0.tags = Array(repeating: "x", count: 11) }, "FIELD_VIOLATION", ["customer.tags"]),
        Bad({ $0.creditLimit = .with { ($0.currencyCode, $0.minorUnits) = ("USD", 1) } }, "CURRENCY_MISMATCH", []),
    ]

    @Test("what is no customer is refused, and nothing is kept", arguments: 0..<10)
    func refused(number: Int) async throws {
        let (change, reason, fields) = (Self.bad[number].change, Self.bad[number].reason, Self.bad[number].fields)
        let tenant = try await BillingWorld.shared().tenant()
        let error = await refusal { try await tenant.customer("Asha", change) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.reason == reason)
        #expect(error?.violatedFields == fields)
        #expect(try await tenant.count("SELECT count(*) FROM customer WHERE tenant_id = current_tenant()") == 0)
    }

    @Test("R19 · text comes back byte for byte, in whatever script, and control characters are refused")
    func text() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let name = "O\u{2019}Brien — श्री राम \u{1F64F} e\u{301} <b>'; DROP TABLE customer; --"
        let created = try await tenant.customer(name) { $0.address = "1 Market Road\r\n\tPune" }
        let read = try await tenant.getCustomer(created.id)
        #expect(Array(read.name.utf8) == Array(name.utf8))
        #expect(Array(read.address.utf8) == Array("1 Market Road\r\n\tPune".utf8))
        #expect(await refusal { try await tenant.customer("Asha\u{0}") }?.violatedFields == ["customer.name"])
        #expect(await refusal { try await tenant.customer("Asha\u{85}") }?.violatedFields == ["customer.name"])
    }

    @Test("two customers have no phone and no GSTIN in common, and name and landmark only when somebody says that they are two")
    func taken() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer {
            ($0.phone, $0.gstin, $0.landmark) = ("9876543210", "27AAPFU0939F1ZV", "Behind the temple")
        }
        let phone = await refusal { try await tenant.customer("Usha") { $0.phone = "+91 98765 43210" } }
        #expect((phone?.code, phone?.reason) == (.alreadyExists, "PHONE_EXISTS"))
        #expect(phone?.detail(ResourceInfo.self)?.resourceType == "switchboard.billing.v1.Customer")
        #expect(await refusal { try await tenant.customer("Usha") { $0.gstin = asha.gstin } }?.reason == "DUPLICATE_CUSTOMER")
        let namesake = { @Sendable (customer: inout BillingAPI.Customer) in customer.landmark = "behind THE temple." }
        #expect(await refusal { try await tenant.customer("Smt. ASHA  Devi", namesake) }?.reason == "DUPLICATE_CUSTOMER")
        let other = try await tenant.customer("Smt. ASHA  Devi") {
            namesake(&$0)
            $0.isNamesake = true
        }
        #expect(await refusal { try await tenant.update(other, "is_namesake") { $0.isNamesake = false } }?.reason == "DUPLICATE_CUSTOMER")
        #expect(await refusal { try await tenant.update(other, "phone") { $0.phone = asha.phone } }?.reason == "PHONE_EXISTS")
        #expect(try await tenant.getCustomer(other.id) == other)
        // Without a landmark, names say little.
        try await tenant.customer("Asha Devi")
        try await tenant.customer("Asha Devi")
        // Another tenant's customers are nobody's business.
        let stranger = try await BillingWorld.shared().tenant()
        try await stranger.customer { ($0.phone, $0.gstin, $0.landmark) = (asha.phone, asha.gstin, asha.landmark) }
    }

    @Test("of two who take one number at the same time, one gets it")
    func race() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let outcomes = await withTaskGroup(of: String?.self) { group in
            for number in 0..<8 {
                group.addTask { await refusal { try await tenant.customer("Caller \(number)") { $0.phone = "9876543210" } }?.reason }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == nil }.count == 1)
        #expect(outcomes.compactMap(\.self) == Array(repeating: "PHONE_EXISTS", count: 7))
    }

    @Test(
        "R8 · E1 · BIL-7 · another tenant's customer is found, changed, merged and deleted by nobody: it is as absent")
    func tenants() async throws {
        let world = try await BillingWorld.shared()
        let (owner, stranger) = (world.tenant(), world.tenant())
        let (asha, usha) = (try await owner.customer { $0.phone = "9876543210" }, try await owner.customer("Usha"))
        let own = try await stranger.customer("Own")
        let absent = LedgerTenant.newID().description
        for id in [asha.id, absent] {
            var attempts: [RPCError?] = []
            attempts.append(await refusal { try await stranger.getCustomer(id) })
            var customer = asha
            customer.id = id
            attempts.append(await refusal { try await stranger.update(customer, "name", etag: "*") { $0.name = "Mine" } })
            attempts.append(await refusal { try await stranger.delete(id) })
            attempts.append(await refusal { try await stranger.merge(customer, into: own) })
            attempts.append(await refusal { try await stranger.merge(own, into: customer) })
            attempts.append(await refusal { try await stranger.balance(id) })
            attempts.append(await refusal { try await stranger.statement(id, from: "2025-01-01", to: "2025-01-02") })
            let request = FindDuplicatesRequest.with { $0.whose = .customerID(id) }
            attempts.append(await refusal { try await stranger.customers.findDuplicates(request, stranger.options()) })
            for error in attempts {
                #expect((error?.code, error?.reason) == (.notFound, "RESOURCE_NOT_FOUND"))
                #expect(error?.detail(ResourceInfo.self)?.resourceName == id)
            }
        }
        let listed = try await stranger.customers.listCustomers(.with { $0.text = "asha" }, stranger.options())
        #expect(listed.customers.isEmpty)
        #expect(try await owner.getCustomer(asha.id) == asha)
        #expect(try await owner.getCustomer(usha.id) == usha)
        #expect(try await stranger.getCustomer(own.id) == own)
    }
}
