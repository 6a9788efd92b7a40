import Crypto
import Net
import Platform
import Protobuf
import RPC
import StandardServices
import TestSupport
import Testing

/// What each method of the built server asks of the database, beside what its .proto declares: called with success, through a proxy that knows
/// for which request a statement is sent.
struct EveryStatementTests {
    /// A call that goes well, and does all that its method can do for one request. `$word` stands for what a reply before has had.
    private struct Step: Sendable {
        let method: String
        let request: String
        /// Members of the reply that later requests name, by their words.
        let kept: [String: String]

        init(_ method: String, _ request: String = "{}", keeping kept: [String: String] = [:]) {
            (self.method, self.request, self.kept) = (method, request, kept)
        }
    }

    private static let digest = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="

    /// In this order. Who adds a method that declares `queries_max` adds a call of it.
    private static let steps = [
        Step("CreateLead", lead(1), keeping: ["lead": "id"]),
        Step("CreateLead", lead(2), keeping: ["other": "id"]),
        Step("GetLead", #"{"id": "$lead"}"#),
        Step(
            "UpdateLead",
            #"{"lead": {"id": "$lead", "tags": ["three", "four"], "company": "Another"}, "updateMask": "tags,company", "etag": "*"}"#),
        Step("ListLeads", #"{"pageSize": 100}"#),
        Step("BatchGetLeads", #"{"ids": ["$lead", "$other"]}"#),
        Step("DeleteLead", #"{"id": "$other", "etag": "*"}"#),
        Step("SetSeller", #"{"seller": {"legalName": "Acme", "stateCode": "27"}}"#),
        Step("SetSeller", #"{"seller": {"legalName": "Acme Traders", "stateCode": "27"}, "etag": "v1"}"#),
        Step("GetSeller"),
        Step("ValidateGstin", #"{"gstin": "27AAPFU0939F1ZV"}"#),
        Step(
            "CreateCustomer", #"{"customer": {"name": "Ramesh", "phone": "+919876543210", "email": "ramesh@example.com"}}"#,
            keeping: ["customer": "id"]),
        Step(
            "CreateReminder",
            #"{"customerId": "$customer", "kind": "REMINDER_KIND_FOLLOW_UP", "channels": ["REMINDER_CHANNEL_SMS"], \#(daily)}"#,
            keeping: ["reminder": "id"]),
        Step("ModifyReminder", #"{"id": "$reminder", "etag": "*", "updateMask": "schedule", \#(daily)}"#),
        Step("GetReminder", #"{"id": "$reminder"}"#),
        Step("ListReminders", #"{"customerId": "$customer"}"#),
        Step("PreviewSchedule", #"{"reminderId": "$reminder", "count": 20}"#),
        Step("ParseSchedule", #"{"text": "kal"}"#),
        Step("SetContactPreferences", #"{"preferences": {"customerId": "$customer", "isOptedOut": true}}"#),
        Step("SetContactPreferences", #"{"preferences": {"customerId": "$customer", "isOptedOut": true}, "etag": "v1"}"#),
        Step("GetContactPreferences", #"{"customerId": "$customer"}"#),
        Step("CancelReminder", #"{"id": "$reminder", "etag": "*"}"#),
        Step("SuggestReminders"),
        Step(
            "CreateCustomer", #"{"customer": {"name": "Asha Devi", "tags": ["vip"]}}"#, keeping: ["buyer": "id"]),
        Step("GetCustomer", #"{"id": "$buyer"}"#),
        Step("UpdateCustomer", #"{"customer": {"id": "$buyer", "name": "Asha Rani"}, "updateMask": "name", "etag": "*"}"#),
        Step("ListCustomers", #"{"text": "asha", "tag": "vip", "hasBalance": false, "pageSize": 100}"#),
        Step("DeleteCustomer", #"{"id": "$buyer", "etag": "*"}"#),
        Step("GetAccount", #"{"account": 1000}"#),
        Step("TrialBalance", #"{"asOf": "2025-10-31"}"#),
        Step("ClosePeriod", #"{"month": "2025-10"}"#),
        Step("AskToReopenPeriod", #"{"month": "2025-10", "reason": "a test"}"#),
        Step("ListPeriods", #"{"pageSize": 100}"#),
        Step("DailySummary", #"{"from": "2025-10-01", "to": "2025-10-31"}"#),
        Step("TopSelling", #"{"from": "2025-10-01", "to": "2025-10-31"}"#),
        Step("ProfitAndLoss", #"{"from": "2025-10-01", "to": "2025-10-31"}"#),
        Step("CheckEligibility", #"{"turnover": "1"}"#),
        Step(
            "CreateProduct",
            #"{"product": {"name": "Rice", "hsn": "1006", "unit": "kg", "price": {"currencyCode": "INR", "minorUnits": "6000"}, "isStocked": true}}"#,
            keeping: ["product": "id"]),
        Step("GetProduct", #"{"id": "$product"}"#),
        Step("ListProducts", #"{"pageSize": 100}"#),
        Step("FindProducts", #"{"text": "rice"}"#),
        Step("ListTaxRates", #"{"pageSize": 100}"#),
        Step("ListBatches", #"{"pageSize": 100}"#),
        Step("ListMovements", #"{"pageSize": 100}"#),
        Step("ReorderSuggestions", #"{"pageSize": 100}"#),
        Step(
            "SetTaxRate",
            #"{"taxRate": {"hsnPrefix": "9965", "effectiveFrom": "2020-01-01", "taxability": "TAXABILITY_TAXABLE", "rate": 500, "source": "A test"}}"#
        ),
        Step("IssueInvoice", #"{"invoice": \#(delivery)}"#, keeping: ["invoice": "id"]),
        Step("GetInvoice", #"{"id": "$invoice"}"#),
        Step("ListInvoices", #"{"filter": {"customerId": "$customer"}}"#),
        Step("ListCreditNotes", #"{"customerId": "$customer"}"#),
        Step("ListSeries"),
        Step(
            "RecordPayment",
            #"{"customerId": "$customer", "amount": \#(rupee), "tenders": [{"method": "PAYMENT_METHOD_CASH", "amount": \#(rupee)}]}"#,
            keeping: ["payment": "id"]),
        Step("GetPayment", #"{"id": "$payment"}"#),
        Step("ListPayments", #"{"customerId": "$customer"}"#),
        Step("ListUnmatched"),
        Step(
            "CreatePlan", #"{"code": "solo", "name": "Solo", "kind": "PLAN_KIND_BASE", "terms": \#(solo)}"#, keeping: ["plan": "id"]),
        Step("GetPlan", #"{"id": "$plan"}"#),
        Step("ListPlans", #"{"pageSize": 100}"#),
        Step(
            "Subscribe",
            #"{"customerId": "$customer", "planId": "$plan", "interval": "BILLING_INTERVAL_MONTH", "funding": "SUBSCRIPTION_FUNDING_ADVANCE"}"#,
            keeping: ["subscription": "id"]),
        Step("GetEntitlements", #"{"customerId": "$customer"}"#),
        Step("CheckEntitlement", #"{"customerId": "$customer", "feature": "documents"}"#),
        Step(
            "RecordMeeting",
            #"{"subscriptionId": "$subscription", "calendarEventId": "event-1", "startTime": "2999-01-01T10:00:00Z"}"#,
            keeping: ["meeting": "id"]),
        Step("GetMeeting", #"{"id": "$meeting"}"#),
        Step("ListMeetings", #"{"subscriptionId": "$subscription"}"#),
        Step("AccruedFees", #"{"customerId": "$customer"}"#),
        Step("CreateTenant", #"{"name": "umbrella"}"#),
        Step("SuspendTenant", #"{"name": "umbrella", "reason": "a test"}"#),
        Step("ResumeTenant", #"{"name": "umbrella"}"#),
        Step(
            "IssueToken",
            #"{"tenant": "acme", "subject": "grace", "scopes": ["lead:read"], "certificateSha256": "\#(digest)", "lifetime": "60s"}"#),
        Step("RevokeToken", #"{"token": {"tenant": "acme", "tokenId": "1"}, "reason": "a test"}"#),
        Step("RevokeToken", #"{"subject": {"tenant": "acme", "subject": "grace"}, "reason": "a test"}"#),
        Step("RotateSigningKey"),
        Step("RotateSigningKey", #"{"retireOthers": false}"#),
        Step("ListPrincipals", #"{"tenant": "acme", "pageSize": 100}"#),
        Step("ReloadConfig"),
        Step("ServerInfo"),
        Step("ListConnections"),
        Step(
            "SetQuota",
            #"{"kind": "QUOTA_KIND_PRINCIPAL", "tenant": "acme", "name": "grace", "quotaClass": "QUOTA_CLASS_READ", "perPeriod": "7"}"#),
        Step("SetQuota", #"{"kind": "QUOTA_KIND_PRINCIPAL", "tenant": "acme", "name": "grace", "quotaClass": "QUOTA_CLASS_READ"}"#),
        Step("GetQuotaUsage", #"{"kind": "QUOTA_KIND_PRINCIPAL", "tenant": "acme", "name": "grace"}"#),
        Step("Exchange", #"{"tenant": "acme", "scopes": ["lead:read"]}"#),
        Step("CreateGrant", #"{"subjectToken": "$token", "scopes": ["lead:read"], "lifetime": "60s"}"#, keeping: ["grant": "id"]),
        Step("Exchange", #"{"tenant": "acme", "scopes": ["lead:read"], "grantId": "$grant"}"#),
        Step("RevokeGrant", #"{"tenant": "acme", "grantId": "$grant"}"#),
        Step("Drain", #"{"grace": "1s", "reason": "a test"}"#),
    ]

    private static let rupee = #"{"currencyCode": "INR", "minorUnits": "100"}"#
    private static let solo =
        #"{"monthlyPrice": \#(rupee), "hsn": "9965", "trialDays": 14, "meetingFee": {"shareRate": 250, "floor": \#(rupee), "cap": \#(rupee), "defaultDealValue": \#(rupee)}}"#
    private static let delivery =
        #"{"customerId": "$customer", "allowUnlisted": true, "lines": [{"description": "Delivery", "hsn": "9965", "quantity": {"milli": "1000", "unit": "hour"}, "unitPrice": \#(rupee)}]}"#

    private static let daily = #""schedule": {"phrase": "every day at 10 am"}"#

    private static func lead(_ number: Int) -> String {
        #"{"lead": {"firstName": "Ada", "lastName": "Byron", "email": "ada-\#(number)@example.com", "tags": ["one", "two"]}}"#
    }

    /// The built server behind a proxy, and all its methods.
    private struct World {
        let served: ServedProgram
        let proxy: PostgresProxy
        let methods: [DeclaredMethod]

        /// Calls as who may do everything, naming no deadline unless `timeout` does.
        func call(
            _ method: DeclaredMethod, _ message: [UInt8], id: String, timeout: Swift.Duration? = nil
        ) async throws(RPCError) -> [UInt8] {
            var metadata = Metadata([("authorization", "Bearer \((try? token()) ?? "")"), ("x-request-id", id)])
            metadata.append("idempotency-key", UUIDv7Generator.system.next().description)
            return try await served.channel.unary(path: method.path, message: message, CallOptions(metadata: metadata, timeout: timeout))
        }

        func token() throws -> String {
            let now = UnixTime.now()
            let claims = TokenClaims(
                issuer: "example", subject: "ada", tenant: "acme", scopes: Set(methods.flatMap(\.scopes)).sorted(), id: "2", issuedAt: now,
                expires: now + 900,
                certificateDigest: try Certificate(pem: Array(served.deployment.file("admin.pem").utf8)).fingerprint)
            return try TokenSigner(key: try Ed25519PrivateKey(pem: Array(served.deployment.file("token.key").utf8)), keyID: "k1").sign(
                claims)
        }

        static func with(_ body: (World) async throws -> Void) async throws {
            let cluster = try await TestCluster.shared()
            let proxy = try cluster.proxy()
            try await ServedProgram.with(
                on: cluster,
                { text in
                    proxy.named(in: text)
                        .replacing("\"secretFile\":", with: "\"secrets\": {\"keyRingFile\": \"ring\"}, \"secretFile\":")
                        .replacing("\"scopes\": [\"*\"]", with: "\"scopes\": [\"*\"], \"tenants\": [\"*\"], \"mayActForOthers\": true")
                },
                preparing: { try await BuiltPrograms.demand("key-ring", "new", "\($0.folder)/ring", "one") }
            ) { served in
                let methods = try await DeclaredMethod.all(of: served.channel, served.options().metadata)
                try await body(World(served: served, proxy: proxy, methods: methods))
            }
        }

        /// Does all steps, and tells of each when it is done.
        func run(_ timeout: Swift.Duration?, _ done: (DeclaredMethod, RequestStatements) throws -> Void) async throws {
            var words = ["token": try token()]
            for (number, step) in steps.enumerated() {
                let method = try #require(methods.first { $0.path.hasSuffix("/\(step.method)") }, "there is no \(step.method)")
                var text = step.request
                for (word, value) in words { text = text.replacing("$\(word)", with: value) }
                let id = "statements-\(number)"
                let message = try JSONTranscoder(method.descriptor.input).bytes(from: text)
                let reply: [UInt8]
                do throws(RPCError) {
                    reply = try await call(method, message, id: id, timeout: timeout)
                } catch {
                    Issue.record("\(step.method) \(text): \(error)")
                    continue
                }
                let json = try JSONTranscoder(method.descriptor.output).json(from: reply)
                for (word, member) in step.kept {
                    words[word] = try #require(
                        json.firstMatch(of: try Regex("\"\(member)\": ?\"([^\"]+)\"", as: (Substring, Substring).self))
                    )
                    .output.1.description
                }
                try done(method, proxy.statements(of: id))
                // It goes by itself; whoever asked once more would be taken for somebody who does not want to wait.
                if step.method == "Drain" { #expect(try await served.ending() == .exited(0)) }
            }
        }
    }

    @Test("R34 · every method that declares how many statements a call of it may send sends no more")
    func budgets() async throws {
        try await World.with { world in
            let declared = world.methods.filter { $0.queriesMax != nil }
            #expect(declared.count > 20)
            let missing = Set(declared.compactMap { $0.path.split(separator: "/").last.map(String.init) }).subtracting(
                Self.steps.map(\.method))
            #expect(missing.isEmpty, "add calls of \(missing.sorted()) to the steps of these tests")
            var most: [String: Int] = [:]
            try await world.run(nil) { method, statements in most[method.path] = max(most[method.path] ?? 0, statements.count) }
            for method in declared {
                let (sent, allowed) = (most[method.path] ?? 0, method.queriesMax ?? 0)
                #expect(sent <= allowed, "\(method) sends \(sent), and declares \(allowed)")
                // A number that nobody comes near would not notice a statement for each row either.
                #expect(sent + 1 >= allowed, "\(method) sends \(sent), and declares \(allowed)")
            }
        }
    }

    @Test(
        "R12 · REL-6 · who names no deadline gets his method's own, and who names a shorter one that, as far as the database",
        arguments: [nil, 20] as [Int?])
    func deadlines(asked: Int?) async throws {
        try await World.with { world in
            for method in world.methods where !method.path.hasPrefix("/grpc.") {
                // Calls of one request and one reply have 30 s; a stream of replies may go on as long as the server lets any call.
                guard let timeouts = method.timeouts else {
                    #expect(method.descriptor.isServerStreaming, "\(method) does not say how long a call may last")
                    continue
                }
                #expect(timeouts.usual <= timeouts.longest)
                if !method.descriptor.isClientStreaming, !method.descriptor.isServerStreaming { #expect(timeouts.usual <= 30, "\(method)") }
            }
            var seen = 0
            try await world.run(asked.map { .seconds($0) }) { method, statements in
                let timeouts = try #require(method.timeouts)
                let most = 1_000 * (asked.map { min($0, timeouts.longest) } ?? timeouts.usual)
                for timeout in statements.timeoutsMilliseconds {
                    #expect((1...most).contains(timeout), "\(method): \(timeout) ms")
                    seen += 1
                }
            }
            #expect(seen > 15)
        }
    }

    @Test("R5 · a hundred probes of the server's health, with and without a service's name, ask the database nothing")
    func probes() async throws {
        try await World.with { world in
            let health = HealthClient(world.served.channel)
            for number in 0..<100 {
                var request = HealthCheckRequest()
                if number % 2 == 0 { request.service = "switchboard.lead.v1.LeadService" }
                let options = CallOptions(metadata: Metadata([("x-request-id", "probe-\(number)")]), timeout: .seconds(120))
                let reply = try await health.check(request, options)
                #expect(reply.status == .serving)
                // Whether it serves, and nothing else.
                #expect(reply.encoded().count == 2)
                #expect(world.proxy.statements(of: "probe-\(number)").count == 0)
            }
        }
    }
}
