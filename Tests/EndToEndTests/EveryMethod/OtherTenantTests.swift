import AdminAPI
import BillingAPI
import Crypto
import LeadAPI
import Net
import Platform
import Postgres
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

/// What one tenant has, asked for by another one with every right of his own: it is not found, as what nobody has. A method that is added to
/// a service has to be entered here, with a request for something of the first tenant, or with why it takes no name of anything.
struct OtherTenantTests {
    /// What the tenant `acme` has.
    private struct Owned {
        var lead = Lead()
        var buyer = Customer()
        var mergedBuyer = Customer()
        var scheduledJob = ""
        var deadJob = ""
        var operation = ""
        var grant = ""
        var delivery = ""
        var customer = ""
        /// One that is sent, and one that is taken back.
        var reminders: [String] = []
        var documents = OwnedDocuments()
        var plans = OwnedPlans()

        init(_ world: MethodWorld, _ channel: RPC.Channel, _ metadata: Metadata) async throws {
            var keyed = metadata
            keyed.append("idempotency-key", "other-tenant-1")
            var request = CreateLeadRequest()
            request.lead = .with { ($0.firstName, $0.lastName, $0.email) = ("Ada", "Lovelace", "ada@example.com") }
            lead = try await LeadServiceClient(channel).createLead(request, CallOptions(metadata: keyed, timeout: .seconds(60)))
            buyer = try await Self.buyer("Asha Devi", channel, metadata)
            mergedBuyer = try await Self.buyer("Asha D.", channel, metadata)
            let token = try world.token { $0.subject = "admin" }["authorization"] ?? ""
            var grantRequest = CreateGrantRequest()
            grantRequest.subjectToken = String(token.dropFirst("Bearer ".count))
            grant = try await TokenServiceClient(channel).createGrant(grantRequest, CallOptions(timeout: .seconds(60))).id
            (scheduledJob, deadJob, operation) = try await Self.jobs(world)
            delivery = try await Self.unknownDelivery(world)
            (customer, reminders) = try await Self.reminders(channel, metadata)
            documents = try await OwnedDocuments(channel, metadata)
            // Behind the documents: their seller is whose plans they are.
            plans = try await OwnedPlans(channel, metadata)
        }

        private static func reminders(_ channel: RPC.Channel, _ metadata: Metadata) async throws -> (String, [String]) {
            func options() -> CallOptions {
                var keyed = metadata
                keyed.append("idempotency-key", "other-tenant-\(UInt64.random(in: 0 ... .max))")
                return CallOptions(metadata: keyed, timeout: .seconds(60))
            }
            let customer = try await CustomerServiceClient(channel).createCustomer(
                .with { $0.customer = .with { ($0.name, $0.phone) = ("Ramesh", "+919876543210") } }, options()
            ).id
            var reminders: [String] = []
            for _ in 0..<2 {
                reminders.append(
                    try await ReminderServiceClient(channel).createReminder(
                        .with {
                            ($0.customerID, $0.kind, $0.channels) = (customer, .followUp, [.sms])
                            $0.schedule = .with { $0.when = .phrase("every day at 10 am") }
                        }, options()
                    ).id)
            }
            return (customer, reminders)
        }

        private static func buyer(_ name: String, _ channel: RPC.Channel, _ metadata: Metadata) async throws -> Customer {
            var keyed = metadata
            keyed.append("idempotency-key", "\(UInt64.random(in: 1_000_000_000 ... .max))")
            return try await CustomerServiceClient(channel).createCustomer(
                .with { $0.customer = .with { $0.name = name } }, CallOptions(metadata: keyed, timeout: .seconds(60)))
        }

        /// Whether it was taken nobody knows.
        private static func unknownDelivery(_ world: MethodWorld) async throws -> String {
            let id = UUIDv7Generator.system.next()
            let loops = try EventLoopGroup(count: 1)
            let database = Database(world.deployment.database.administrator, loops: loops.loops)
            try await database.batch(Scope(tenant: "acme", caller: "test", requestID: "test")) {
                $0.enqueue(
                    """
                    INSERT INTO delivery (tenant_id, id, dedupe_key, channel, recipient, fields, state, attempt, created_at, changed_at)
                    VALUES (current_tenant(), \(id), 'one', 'sms', '+919876543210', ARRAY['text', 'x'], 'unknown', 1, now(), now())
                    """)
            }
            await database.shutdown()
            loops.shutdown()
            return id.description
        }

        /// No method makes jobs by itself.
        private static func jobs(_ world: MethodWorld) async throws -> (String, String, String) {
            let ids = (0..<3).map { _ in UUIDv7Generator.system.next() }
            let loops = try EventLoopGroup(count: 1)
            let database = Database(world.deployment.database.administrator, loops: loops.loops)
            try await database.batch(Scope(tenant: "acme", caller: "test", requestID: "test")) { batch in
                for (id, state) in zip(ids, ["scheduled", "dead", "scheduled"]) {
                    batch.enqueue(
                        """
                        INSERT INTO job (tenant_id, id, queue, kind, payload, state, priority, run_at, rank, attempts_allowed, caller,
                            request_id, finished_at, kept_seconds)
                        VALUES (current_tenant(), \(id), 'nobody', 'test.work', '', \(state), 5, now() + interval '1 day', now(), 3, 'voice/ada',
                            'request-1', CASE WHEN \(state) = 'dead' THEN now() END, CASE WHEN \(id) = \(ids[2]) THEN 86400 END)
                        """)
                }
            }
            await database.shutdown()
            loops.shutdown()
            return (ids[0].description, ids[1].description, "operations/\(ids[2])")
        }
    }

    /// Methods that name something, in an order in which the owner can call them one after the other.
    private static let naming: KeyValuePairs<String, @Sendable (Owned) -> [UInt8]> = [
        "/switchboard.lead.v1.LeadService/GetLead": { owned in GetLeadRequest.with { $0.id = owned.lead.id }.encoded() },
        "/switchboard.lead.v1.LeadService/UpdateLead": { owned in
            UpdateLeadRequest.with {
                $0.lead = .with { ($0.id, $0.company) = (owned.lead.id, "Taken Over") }
                $0.updateMask = .with { $0.paths = ["company"] }
                $0.etag = "*"
            }.encoded()
        },
        "/switchboard.lead.v1.LeadService/DeleteLead": { owned in
            DeleteLeadRequest.with { ($0.id, $0.etag) = (owned.lead.id, "*") }.encoded()
        },
        "/switchboard.billing.v1.ReminderService/CreateReminder": { owned in
            CreateReminderRequest.with {
                ($0.customerID, $0.kind, $0.channels) = (owned.customer, .followUp, [.sms])
                $0.schedule = .with { $0.when = .phrase("every day at 10 am") }
            }.encoded()
        },
        "/switchboard.billing.v1.ReminderService/SetContactPreferences": { owned in
            SetContactPreferencesRequest.with {
                $0.preferences = .with {
                    ($0.customerID, $0.channels) = (owned.customer, [.sms])
                    ($0.quietFrom, $0.quietUntil) = ("00:00", "00:00")
                }
            }.encoded()
        },
        "/switchboard.billing.v1.ReminderService/GetContactPreferences": { owned in
            GetContactPreferencesRequest.with { $0.customerID = owned.customer }.encoded()
        },
        "/switchboard.billing.v1.ReminderService/GetReminder": { owned in
            GetReminderRequest.with { $0.id = owned.reminders[0] }.encoded()
        },
        "/switchboard.billing.v1.ReminderService/PreviewSchedule": { owned in
            PreviewScheduleRequest.with { $0.reminderID = owned.reminders[0] }.encoded()
        },
        "/switchboard.billing.v1.ReminderService/ModifyReminder": { owned in
            ModifyReminderRequest.with {
                ($0.id, $0.etag, $0.text) = (owned.reminders[0], "*", "Taken Over")
                $0.updateMask = .with { $0.paths = ["text"] }
            }.encoded()
        },
        "/switchboard.billing.v1.ReminderService/SendReminderNow": { owned in
            SendReminderNowRequest.with { $0.id = owned.reminders[0] }.encoded()
        },
        "/switchboard.billing.v1.ReminderService/CancelReminder": { owned in
            CancelReminderRequest.with { ($0.id, $0.etag) = (owned.reminders[1], "*") }.encoded()
        },
        "/switchboard.billing.v1.CustomerService/GetCustomer": { owned in GetCustomerRequest.with { $0.id = owned.buyer.id }.encoded() },
        "/switchboard.billing.v1.CustomerService/UpdateCustomer": { owned in
            UpdateCustomerRequest.with {
                $0.customer = .with { ($0.id, $0.address) = (owned.buyer.id, "1 Market Road") }
                $0.updateMask = .with { $0.paths = ["address"] }
                $0.etag = "*"
            }.encoded()
        },
        "/switchboard.billing.v1.CustomerService/FindDuplicates": { owned in
            FindDuplicatesRequest.with { $0.whose = .customerID(owned.buyer.id) }.encoded()
        },
        "/switchboard.billing.v1.CustomerService/AsOfBalance": { owned in
            AsOfBalanceRequest.with { $0.customerID = owned.buyer.id }.encoded()
        },
        "/switchboard.billing.v1.CustomerService/Aging": { owned in AgingRequest.with { $0.customerID = owned.buyer.id }.encoded() },
        "/switchboard.billing.v1.CustomerService/PaymentVelocity": { owned in
            PaymentVelocityRequest.with { ($0.customerID, $0.from, $0.to) = (owned.buyer.id, "2025-04-01", "2026-03-31") }.encoded()
        },
        "/switchboard.billing.v1.CustomerService/MergeCustomers": { owned in
            MergeCustomersRequest.with {
                ($0.survivorID, $0.mergedID) = (owned.buyer.id, owned.mergedBuyer.id)
                ($0.survivorEtag, $0.mergedEtag) = ("*", "*")
            }.encoded()
        },
        "/switchboard.billing.v1.CustomerService/DeleteCustomer": { owned in
            DeleteCustomerRequest.with { ($0.id, $0.etag) = (owned.buyer.id, "*") }.encoded()
        },
        "/switchboard.admin.v1.JobService/GetJob": { owned in GetJobRequest.with { $0.id = owned.scheduledJob }.encoded() },
        "/switchboard.admin.v1.JobService/RetryJob": { owned in RetryJobRequest.with { $0.id = owned.scheduledJob }.encoded() },
        "/switchboard.admin.v1.JobService/CancelJob": { owned in CancelJobRequest.with { $0.id = owned.scheduledJob }.encoded() },
        "/switchboard.admin.v1.JobService/DiscardDeadLetter": { owned in
            DiscardDeadLetterRequest.with { ($0.id, $0.reason) = (owned.deadJob, "test") }.encoded()
        },
        "/switchboard.admin.v1.DeliveryService/GetDelivery": { owned in GetDeliveryRequest.with { $0.id = owned.delivery }.encoded() },
        "/switchboard.admin.v1.DeliveryService/ResolveDelivery": { owned in
            ResolveDeliveryRequest.with { ($0.id, $0.resolution) = (owned.delivery, .accepted) }.encoded()
        },
        "/switchboard.admin.v1.OperationsService/GetOperation": { owned in
            GetOperationRequest.with { $0.name = owned.operation }.encoded()
        },
        "/switchboard.admin.v1.OperationsService/WaitOperation": { owned in
            WaitOperationRequest.with { ($0.name, $0.timeout) = (owned.operation, StandardTypes.Duration()) }.encoded()
        },
        "/switchboard.admin.v1.OperationsService/CancelOperation": { owned in
            CancelOperationRequest.with { $0.name = owned.operation }.encoded()
        },
    ]

    private static let all: [(path: String, message: @Sendable (Owned) -> [UInt8])] =
        naming.map { ($0.key, $0.value) } + documents + plans

    private static let documents: [(path: String, message: @Sendable (Owned) -> [UInt8])] =
        OwnedDocuments.naming.map { entry in ("/switchboard.billing.v1.\(entry.path)", { entry.message($0.documents) }) }

    private static let plans: [(path: String, message: @Sendable (Owned) -> [UInt8])] =
        OwnedPlans.naming.map { entry in ("/switchboard.billing.v1.\(entry.path)", { entry.message($0.plans) }) }

    /// The same for methods that know the service only, and are told the tenant.
    private static let told: KeyValuePairs<String, @Sendable (Owned, _ tenant: String) -> [UInt8]> = [
        "/switchboard.admin.v1.TokenService/Exchange": { owned, tenant in
            ExchangeRequest.with { ($0.tenant, $0.subject) = (tenant, .grantID(owned.grant)) }.encoded()
        },
        "/switchboard.admin.v1.TokenService/RevokeGrant": { owned, tenant in
            RevokeGrantRequest.with { ($0.tenant, $0.grantID) = (tenant, owned.grant) }.encoded()
        },
    ]

    /// Of many ids at once those are told that are missing: another tenant's are, all of them.
    private static let several = [
        "/switchboard.lead.v1.LeadService/BatchGetLeads", "/switchboard.admin.v1.JobService/Redrive",
    ]

    private static let unnamed = [
        "/switchboard.lead.v1.LeadService/CreateLead": "makes a lead of the caller's tenant",
        "/switchboard.lead.v1.LeadService/ListLeads": "lists those of the caller's tenant; a page token opens for its own tenant only",
        "/switchboard.lead.v1.LeadService/ImportLeads": "the caller chooses the import's name, which is his tenant's",
        "/switchboard.lead.v1.LeadService/ExportLeads": "gives those of the caller's tenant",
        "/switchboard.billing.v1.CatalogService/CreateProduct": "makes a product of the caller's tenant",
        "/switchboard.billing.v1.CatalogService/GetProduct": "the tests of billing ask for another tenant's: it is not found",
        "/switchboard.billing.v1.CatalogService/UpdateProduct": "the tests of billing ask for another tenant's: it is not found",
        "/switchboard.billing.v1.CatalogService/ArchiveProduct": "the tests of billing ask for another tenant's: it is not found",
        "/switchboard.billing.v1.CatalogService/ListProducts":
            "lists those of the caller's tenant; a page token opens for its own tenant only",
        "/switchboard.billing.v1.CatalogService/FindProducts": "looks through those of the caller's tenant",
        "/switchboard.billing.v1.CatalogService/SetTaxRate": "adds to the caller's own rates",
        "/switchboard.billing.v1.CatalogService/ListTaxRates": "lists the caller's own rates",
        "/switchboard.billing.v1.CatalogService/AdjustStock": "the tests of billing ask for another tenant's: it is not found",
        "/switchboard.billing.v1.CatalogService/ReceiveStock": "the tests of billing ask for another tenant's: it is not found",
        "/switchboard.billing.v1.CatalogService/ListBatches": "lists the caller's own",
        "/switchboard.billing.v1.CatalogService/ListMovements": "lists the caller's own",
        "/switchboard.billing.v1.CatalogService/ReserveStock": "the tests of billing ask for another tenant's: it is not found",
        "/switchboard.billing.v1.CatalogService/ReleaseReservation": "the tests of billing ask for another tenant's: it is not found",
        "/switchboard.billing.v1.CatalogService/WatchLowStock": "a stream of the caller's own products",
        "/switchboard.billing.v1.CatalogService/ReorderSuggestions": "looks at the caller's own products",
        "/switchboard.billing.v1.CatalogService/StockValuation": "adds up the caller's own stock",
        "/switchboard.billing.v1.CustomerService/CreateCustomer": "makes a customer of the caller's tenant",
        "/switchboard.billing.v1.CustomerService/ListCustomers":
            "lists those of the caller's tenant; a page token opens for its own tenant only",
        "/switchboard.billing.v1.CustomerService/Statement":
            "a stream, whose owner gets more than one reply: the tests of billing ask for another tenant's",
        "/switchboard.lead.v1.OneTimePasswordService/RequestOneTimePassword":
            "an address that is a lead of another tenant is answered as one that is nobody's, which is as one that is known",
        "/switchboard.lead.v1.OneTimePasswordService/VerifyOneTimePassword": "judges codes of the caller's tenant",
        "/switchboard.billing.v1.LedgerService/PostJournal":
            "posts to the caller's own books; a customer of another tenant is not found, as the tests of billing ask",
        "/switchboard.billing.v1.LedgerService/ReverseJournal": "the tests of billing ask for another tenant's journal: it is not found",
        "/switchboard.billing.v1.LedgerService/GetAccount": "shows the caller's own accounts; nothing is on another's customer",
        "/switchboard.billing.v1.LedgerService/ListEntries": "a stream of the caller's own books; nothing is on another's customer",
        "/switchboard.billing.v1.LedgerService/TrialBalance": "adds up the caller's own books",
        "/switchboard.billing.v1.LedgerService/VerifyLedger": "looks through the caller's own books",
        "/switchboard.billing.v1.LedgerService/ClosePeriod": "closes a month of the caller's own books",
        "/switchboard.billing.v1.LedgerService/AskToReopenPeriod": "asks for a month of the caller's own books",
        "/switchboard.billing.v1.LedgerService/ReopenPeriod": "opens a month of the caller's own books",
        "/switchboard.billing.v1.LedgerService/ListPeriods":
            "lists months of the caller's own books; a page token opens for its own tenant only",
        "/switchboard.billing.v1.ReportService/DailySummary": "adds up the caller's own documents",
        "/switchboard.billing.v1.ReportService/TopSelling": "adds up the caller's own documents",
        "/switchboard.billing.v1.ReportService/ProfitAndLoss": "adds up the caller's own books",
        "/switchboard.billing.v1.ReportService/Anomalies": "compares the caller's own invoices",
        "/switchboard.billing.v1.TaxService/Gstr1": "the return of the caller's own documents",
        "/switchboard.billing.v1.TaxService/ExportGstr1": "the return of the caller's own documents",
        "/switchboard.billing.v1.TaxService/Gstr3bSummary": "the return of the caller's own documents",
        "/switchboard.billing.v1.TaxService/LockPeriod": "files the caller's own return",
        "/switchboard.billing.v1.TaxService/CheckEligibility": "looks at what the caller writes, and at nothing else",
        "/switchboard.billing.v1.TaxService/SetSeller": "says who the caller's tenant is",
        "/switchboard.billing.v1.TaxService/GetSeller": "says who the caller's tenant is",
        "/switchboard.billing.v1.TaxService/ValidateGstin": "looks at what the caller writes, and at nothing else",
        "/switchboard.billing.v1.ReminderService/ListReminders":
            "lists those of the caller's tenant; a page token opens for its own tenant only",
        "/switchboard.billing.v1.ReminderService/ParseSchedule": "reads words, in the zone of the caller's tenant when they name none",
        "/switchboard.billing.v1.ReminderService/CreateOverdueReminders": "finds the invoices of the caller's tenant",
        "/switchboard.billing.v1.ReminderService/SuggestReminders": "finds the invoices of the caller's tenant",
        "/switchboard.admin.v1.JobService/ListJobs": "lists those of the caller's tenant; a page token opens for its own tenant only",
        "/switchboard.admin.v1.JobService/ListDeadLetters":
            "lists those of the caller's tenant; a page token opens for its own tenant only",
        "/switchboard.admin.v1.DeliveryService/ListDeliveries":
            "lists those of the caller's tenant; a page token opens for its own tenant only",
        "/switchboard.admin.v1.JobService/GetQueueStatistics": "counts those of the caller's tenant",
        "/switchboard.admin.v1.TokenService/CreateGrant": "the token in it says the tenant",
        "/grpc.health.v1.Health/Check": "names a service of the server",
        "/grpc.health.v1.Health/Watch": "names a service of the server",
        "/grpc.health.v1.Health/List": "names nothing",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo": "names parts of the interface",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": "names parts of the interface",
    ]

    @Test("E1 · R8 · R11 · every method that takes the name of something finds nothing of another tenant's, and its owner's is as it was")
    func matrix() async throws {
        try await MethodWorld.with { world in
            let channel = try world.channel()
            let (owner, stranger) = (try world.token { _ in }, try world.token { $0.tenant = "other" })
            let owned = try await Owned(world, channel, owner)
            let methods = Dictionary(uniqueKeysWithValues: world.methods.map { ($0.path, $0) })

            let entered =
                Self.all.map(\.path) + Self.told.map(\.key) + Self.several + Array(Self.unnamed.keys)
                + OwnedDocuments.unnamed.keys.map { "/switchboard.billing.v1.\($0)" }
                + OwnedPlans.unnamed.keys.map { "/switchboard.billing.v1.\($0)" }
            #expect(Set(entered).count == entered.count, "a method is entered once")
            let open = world.methods.filter { !$0.isPlatforms }.map(\.path)
            #expect(
                Set(open).subtracting(entered) == [], "enter these: with a request for something of another tenant, or why there is none")
            #expect(Set(entered).subtracting(open) == [], "there are no such methods")

            for (path, message) in Self.all {
                guard let method = methods[path] else { continue }
                let error = await world.failure(of: method, on: channel, stranger, message: message(owned))
                #expect(error?.code == .notFound, "\(path): \(error.map { "\($0)" } ?? "OK")")
                // As if nobody had it: the words say no more.
                #expect(error?.message.contains("acme") == false, "\(path)")
            }
            for (path, message) in Self.told {
                guard let method = methods[path] else { continue }
                let error = await world.failure(of: method, on: channel, Metadata(), message: message(owned, "other"))
                #expect(error?.code == .notFound, "\(path): \(error.map { "\($0)" } ?? "OK")")
            }
            let options = CallOptions(metadata: stranger, timeout: .seconds(60))
            let batch = try await LeadServiceClient(channel).batchGetLeads(.with { $0.ids = [owned.lead.id] }, options)
            #expect(batch.leads.isEmpty && batch.missingIDs == [owned.lead.id])
            let redriven = try await JobServiceClient(channel).redrive(.with { $0.ids = [owned.deadJob] }, options)
            #expect(redriven.redrivenIDs.isEmpty && redriven.missingIDs == [owned.deadJob])

            // They are there, and as they were.
            let own = CallOptions(metadata: owner, timeout: .seconds(60))
            #expect(try await LeadServiceClient(channel).getLead(.with { $0.id = owned.lead.id }, own) == owned.lead)
            for (path, message) in Self.told {
                guard let method = methods[path] else { continue }
                #expect(
                    await world.failure(of: method, on: channel, Metadata(), message: message(owned, "acme"))?.code != .notFound, "\(path)")
            }
            for (path, message) in Self.all {
                guard let method = methods[path] else { continue }
                let error = await world.failure(of: method, on: channel, owner, message: message(owned))
                #expect(error == nil, "\(path): \(error.map { "\($0)" } ?? "")")
            }
            await channel.close()
        }
    }

    @Test("E1 · R16 · a method of the platform refuses callers of other tenants, whatever scopes they have")
    func platform() async throws {
        try await MethodWorld.with { world in
            let channel = try world.channel()
            let stranger = try world.token { $0.tenant = "other" }
            let methods = world.methods.filter(\.isPlatforms)
            #expect(methods.count >= 13, "\(methods)")
            for method in methods {
                let error = await world.failure(of: method, on: channel, stranger)
                #expect(error?.code == .permissionDenied, "\(method): \(error.map { "\($0)" } ?? "OK")")
                #expect(error?.reason == "TENANT_MISMATCH", "\(method)")
            }
            for method in world.methods where !method.isPlatforms && !method.isPublic && !method.path.hasPrefix("/grpc.") {
                #expect(await world.failure(of: method, on: channel, stranger)?.reason != "TENANT_MISMATCH", "\(method)")
            }
            await channel.close()
        }
    }
}
