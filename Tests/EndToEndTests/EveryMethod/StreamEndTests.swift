import AdminAPI
import LeadAPI
import Net
import Platform
import Protobuf
import RPC
import StandardServices
import TestSupport
import Testing

/// The streams of the built server, each begun with a good token and then left alone: it ends when the token does. When exactly is measured by
/// a clock of their own in `IdentityTests`, with the same interceptor.
@Suite(.timeLimit(.minutes(10))) struct StreamEndTests {
    /// Streams that go on for as long as their client wants, and the message by which they begin.
    private static let endless: [String: @Sendable () -> [UInt8]] = [
        "/switchboard.lead.v1.LeadService/ImportLeads": {
            ImportLeadsRequest.with { $0.part = .header(.with { $0.importID = "stream-end-\(UInt64.random(in: 0 ... .max))" }) }.encoded()
        },
        // A request without fields is no bytes.
        "/switchboard.billing.v1.CatalogService/WatchLowStock": { [] },
        "/switchboard.billing.v1.PlanService/IngestUsage": { [] },
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo": {
            GrpcReflectionV1.ServerReflectionRequest.with { $0.messageRequest = .listServices("*") }.encoded()
        },
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": {
            GrpcReflectionV1.ServerReflectionRequest.with { $0.messageRequest = .listServices("*") }.encoded()
        },
    ]

    /// Streams whose first message would have to be of something that there is: they begin with none.
    private static let silent: Set = ["/switchboard.billing.v1.PlanService/IngestUsage"]

    private static let others = [
        "/switchboard.lead.v1.LeadService/ExportLeads": "ends by itself, behind the last lead",
        "/switchboard.billing.v1.CustomerService/Statement": "ends by itself, behind the last entry",
        "/switchboard.billing.v1.LedgerService/ListEntries": "ends by itself, behind the last entry",
        "/switchboard.billing.v1.LedgerService/VerifyLedger": "ends by itself, with its verdict",
        "/switchboard.billing.v1.InvoiceService/ExportInvoices": "ends by itself, behind the last invoice",
        "/switchboard.billing.v1.InvoiceService/RenderInvoice": "ends by itself, with the invoice's last line",
        "/switchboard.billing.v1.TaxService/ExportGstr1": "ends by itself, behind the last line",
        "/grpc.health.v1.Health/Watch": "needs no token: whoever probes has none",
    ]

    /// How the stream ends, with messages of the server or without.
    private static func end(of path: String, on channel: RPC.Channel, _ metadata: Metadata, begun: @Sendable () async throws -> Void) async
        -> RPCError?
    {
        do {
            return try await channel.bidirectional(path: path, CallOptions(metadata: metadata)) { requests, replies in
                if !Self.silent.contains(path) { try await requests.send(Self.endless[path]?() ?? []) }
                try await begun()
                for try await _ in replies {}
                return nil
            }
        } catch {
            return error as? RPCError
        }
    }

    @Test("R11 · E2 · SEC-2 · a stream of any kind ends with TOKEN_EXPIRED at its token's end, and with TOKEN_REVOKED when that is revoked")
    func ends() async throws {
        try await MethodWorld.with { world in
            let streams = world.methods.filter(\.isStreaming).map(\.path)
            #expect(Set(streams) == Set(Self.endless.keys).union(Self.others.keys), "enter each stream that there is")
            let channel = try world.channel()
            let administration = AdminServiceClient(channel)
            let options = CallOptions(metadata: try world.token { $0.subject = "root" }, timeout: .seconds(60))
            for path in Self.endless.keys.sorted() {
                let expires = UnixTime.now() + 4
                let brief = try world.token { $0.expires = expires }
                let expired = await Self.end(of: path, on: channel, brief) {}
                #expect(expired?.code == .unauthenticated && expired?.reason == "TOKEN_EXPIRED", "\(path): \(String(describing: expired))")
                #expect(UnixTime.now() >= expires, "\(path)")

                let id = "stream-\(UInt64.random(in: 0 ... .max))"
                let revoked = await Self.end(of: path, on: channel, try world.token { $0.id = id }) {
                    var request = RevokeTokenRequest()
                    request.target = .token(.with { ($0.tenant, $0.tokenID) = ("acme", id) })
                    _ = try await administration.revokeToken(request, options)
                }
                #expect(revoked?.code == .unauthenticated && revoked?.reason == "TOKEN_REVOKED", "\(path): \(String(describing: revoked))")
            }
            await channel.close()
        }
    }

    @Test(
        "R11 · E2 · SEC-2 · a stream without a token is UNAUTHENTICATED before its first message, and without a certificate there is none")
    func begins() async throws {
        try await MethodWorld.with { world in
            let channel = try world.channel()
            for path in world.methods.filter({ $0.isStreaming && Self.others[$0.path]?.contains("no token") != true }).map(\.path) {
                var replied = 0
                do {
                    try await channel.bidirectional(path: path, CallOptions(timeout: .seconds(60))) { requests, replies in
                        try await requests.send(Self.endless[path]?() ?? [])
                        for try await _ in replies { replied += 1 }
                    }
                    Issue.record("\(path) needs no token")
                } catch {
                    #expect((error as? RPCError)?.reason == "TOKEN_MISSING", "\(path): \(error)")
                }
                #expect(replied == 0, "\(path) has sent something")
            }
            await channel.close()
        }
    }
}
