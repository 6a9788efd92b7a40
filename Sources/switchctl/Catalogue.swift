internal import Console
internal import SwitchboardAPI
internal import Protobuf
internal import RPC
internal import StandardServices
internal import StandardTypes

/// Services, and what they need: those that this program knows, or those of a server.
struct Catalogue {
    let pool: DescriptorPool

    /// By the command line: with `--server` those that a development server serves, by its own word.
    init(_ arguments: Arguments) async throws {
        let known = try Catalogue()
        guard arguments.has("--server") else {
            if arguments["--state"] != nil { throw UsageError("--state is for what a server says: write --server, too.") }
            self = known
            return
        }
        let channel = try DevelopmentServer(at: arguments["--state"]).channel()
        pool = try DescriptorPool(try await ServedInterface.files(of: channel, known: known.pool))
        await channel.close()
    }

    /// What this program knows without asking anybody.
    init() throws {
        pool = try DescriptorPool([
            CreateLeadRequest.file, RequestOneTimePasswordRequest.file, ListJobsRequest.file, ListDeliveriesRequest.file, Operation.file,
            .switchboard_admin_v1_admin_service,
            ExchangeRequest.file,
            .switchboard_billing_v1_catalog_service, .switchboard_billing_v1_customer_service, .switchboard_billing_v1_invoice_service,
            .switchboard_billing_v1_ledger_service, .switchboard_billing_v1_payment_service, .switchboard_billing_v1_plan_service,
            .switchboard_billing_v1_reminder_service, .switchboard_billing_v1_report_service, .switchboard_billing_v1_tax_service,
            HealthCheckRequest.file, ErrorInfo.file,
        ])
    }

    var services: [ServiceDescriptor] { pool.serviceNames.compactMap(pool.service(named:)) }

    /// Methods that a server refuses without an idempotency-key.
    func needsIdempotencyKey(_ method: Method) -> Bool {
        guard let options = method.method.proto.options, let known = try? DynamicMessage(options, in: pool) else { return false }
        return known["[switchboard.options.v1.policy]"]?.messageValue?["idempotency"]?.enumValue == Self.keyed
    }

    /// IDEMPOTENCY_KEYED of `switchboard/options/v1/options.proto`.
    private static let keyed: Int32 = 2

    struct Method {
        var service: ServiceDescriptor
        var method: MethodDescriptor

        var fullName: String { "\(service.fullName)/\(method.name)" }
        var path: String { "/\(fullName)" }
        var isUnary: Bool { !method.isClientStreaming && !method.isServerStreaming }
    }

    /// The service of a full or shortened name: `LeadService`, `v1.LeadService`.
    func service(_ name: String) throws -> ServiceDescriptor {
        try only(services.filter { Self.isShort(name, for: $0.fullName) }, "service", name, among: services.map(\.fullName)) { $0.fullName }
    }

    /// The method of a full or shortened name: `switchboard.lead.v1.LeadService/GetLead`, `LeadService.GetLead`, `GetLead`.
    func method(_ name: String) throws -> Method {
        let all = services.flatMap { service in service.methods.map { Method(service: service, method: $0) } }
        let wanted = Self.dotted(name.hasPrefix("/") ? String(name.dropFirst()) : name)
        let known = all.map(\.fullName) + all.map { "\(Self.lastWord(of: $0.service.fullName))/\($0.method.name)" } + all.map(\.method.name)
        return try only(all.filter { Self.isShort(wanted, for: Self.dotted($0.fullName)) }, "method", name, among: known) { $0.fullName }
    }

    private func only<Thing>(
        _ found: [Thing], _ kind: String, _ name: String, among known: [String], fullName: (Thing) -> String
    ) throws -> Thing {
        guard let first = found.first else { throw UsageError(unknown: kind, name, among: known) }
        guard found.count == 1 else {
            throw UsageError("\"\(name)\" may be any of \(found.map(fullName).joined(separator: ", ")): write more of it.")
        }
        return first
    }

    /// Whether a name is the whole of a full name, or its end after a dot.
    static func isShort(_ name: String, for fullName: String) -> Bool {
        fullName == name || fullName.hasSuffix(".\(name)")
    }

    private static func dotted(_ name: String) -> String {
        String(name.map { $0 == "/" ? "." : $0 })
    }

    private static func lastWord(of name: String) -> String {
        name.split(separator: ".").last.map(String.init) ?? name
    }
}
