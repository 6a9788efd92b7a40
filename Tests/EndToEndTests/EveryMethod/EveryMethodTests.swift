import AdminAPI
import Console
import Crypto
import Glibc
import Net
import Platform
import Protobuf
import RPC
import StandardTypes
import TLS
import TestSupport
import Testing

/// Every method of the built server, found by reflection, asked by callers who may not: the documented status each time. A method that is
/// added to a service is in these tests by that alone.
struct EveryMethodTests {
    @Test("R16 · SEC-1 · E1 · without a token every method but the public ones is UNAUTHENTICATED, and says that it is missing")
    func withoutToken() async throws {
        try await MethodWorld.with { world in
            let channel = try world.channel()
            for method in world.closed {
                let error = await world.failure(of: method, on: channel, Metadata())
                #expect(error?.code == .unauthenticated, "\(method): \(error.map { "\($0)" } ?? "OK")")
                #expect(error?.reason == "TOKEN_MISSING", "\(method)")
                #expect(error?.detail(RequestInfo.self)?.requestID.isEmpty == false, "\(method)")
            }
            for method in world.open {
                #expect(await world.firstAnswer(of: method, on: channel)?.code != .unauthenticated, "\(method) is public")
            }
            await channel.close()
        }
    }

    @Test("R16 · R25 · with every scope but its own each method is PERMISSION_DENIED, and says which scope it needs")
    func wrongScope() async throws {
        try await MethodWorld.with { world in
            let channel = try world.channel()
            let all = Set(world.methods.flatMap(\.scopes)).union(["admin:reflect"])
            for method in world.closed {
                let own = method.scopes.isEmpty ? ["admin:reflect"] : method.scopes
                let metadata = try world.token {
                    $0.roles = []
                    $0.scopes = all.subtracting(own).sorted()
                }
                let error = await world.failure(of: method, on: channel, metadata)
                #expect(error?.code == .permissionDenied, "\(method): \(error.map { "\($0)" } ?? "OK")")
                #expect(error?.reason == "SCOPE_MISSING", "\(method)")
                let missing = error?.detail(ErrorInfo.self)?.metadata["missing_scope"] ?? ""
                #expect(own.contains(missing), "\(method): \(missing)")
            }
            await channel.close()
        }
    }

    @Test("SEC-1 · R11 · with another's token, which is good over its own certificate, each method is UNAUTHENTICATED")
    func otherCertificate() async throws {
        try await MethodWorld.with { world in
            let own = try world.channel()
            let metadata = try world.token { _ in }
            var other = own
            for (index, method) in world.closed.enumerated() {
                // Who comes with one bad token after another is soon told to wait.
                if index % 15 == 0 {
                    if index > 0 { await other.close() }
                    try await world.issue("other-\(index)")
                    other = try world.channel(as: "other-\(index)")
                }
                let error = await world.failure(of: method, on: other, metadata)
                #expect(error?.code == .unauthenticated, "\(method): \(error.map { "\($0)" } ?? "OK")")
                #expect(error?.reason == "TOKEN_BINDING_MISMATCH", "\(method)")
                // That method does its work for whoever may call it: the server is gone then.
                if method.path.hasSuffix("/Drain") { continue }
                #expect(await world.failure(of: method, on: own, metadata)?.code != .unauthenticated, "\(method)")
            }
            await own.close()
            await other.close()
        }
    }

    @Test("R6 · a message longer than its method takes is RESOURCE_EXHAUSTED by its prefix, whatever is in it")
    func tooLong() async throws {
        try await MethodWorld.with { world in
            let channel = try world.channel()
            let metadata = try world.token { _ in }
            for method in world.methods where !method.path.hasPrefix("/grpc.") {
                let most = try #require(method.requestBytesMax, "\(method) does not say how long its requests may be")
                let error = await world.failure(of: method, on: channel, metadata, message: Array(repeating: 0xFF, count: most + 1))
                #expect(error?.code == .resourceExhausted, "\(method): \(error.map { "\($0)" } ?? "OK")")
                let within = await world.failure(of: method, on: channel, metadata, message: Array(repeating: 0xFF, count: most))
                #expect(within?.code != .resourceExhausted, "\(method): \(within.map { "\($0)" } ?? "OK")")
            }
            await channel.close()
        }
    }

    @Test("R17 · R28 · E7 · SEC-9 · who has used up a quota hears so from every method of its class, and when to come again; others do not")
    func overLimit() async throws {
        try await MethodWorld.with { world in
            let channel = try world.channel()
            let administration = AdminServiceClient(channel)
            for quotaClass in [AdminAPI.QuotaClass.read, .write, .send, .ai, .admin, .ingest] {
                var request = SetQuotaRequest()
                request.kind = .principal
                request.tenant = "acme"
                request.name = "limited"
                request.quotaClass = quotaClass
                // As much as the dearest call costs: for less, there would be no time to come again.
                request.perPeriod = 20
                request.burst = 20
                _ = try await administration.setQuota(request, CallOptions(metadata: try world.token { _ in }, timeout: .seconds(60)))
            }
            let (limited, other) = (try world.token { $0.subject = "limited" }, try world.token { $0.subject = "other" })
            for method in world.closed {
                var error = await world.failure(of: method, on: channel, limited)
                // The first calls of a class take what there is.
                for _ in 0..<25 where error?.reason != "RATE_LIMITED" { error = await world.failure(of: method, on: channel, limited) }
                #expect(error?.code == .resourceExhausted, "\(method): \(error.map { "\($0)" } ?? "OK")")
                #expect(error?.reason == "RATE_LIMITED", "\(method)")
                #expect(error?.detail(QuotaFailure.self)?.violations.isEmpty == false, "\(method)")
                let seconds = error?.detail(RetryInfo.self)?.retryDelay?.seconds ?? 0
                #expect((1...60).contains(seconds), "\(method): \(seconds) s")
            }
            for method in world.closed where !method.path.hasPrefix("/grpc.") && !method.path.hasSuffix("/Drain") {
                #expect(await world.failure(of: method, on: channel, other)?.code != .resourceExhausted, "\(method)")
            }
            await channel.close()
        }
    }

    @Test("R12 · past its deadline every method is DEADLINE_EXCEEDED, by the server's own clock")
    func pastDeadline() async throws {
        try await MethodWorld.with { world in
            let folder = world.deployment.folder
            let token = try world.token { _ in }["authorization"] ?? ""
            // A message without fields.
            try Files.write([0, 0, 0, 0, 0], to: "\(folder)/message")
            let targets = world.methods.map { "https://\(world.address)\($0.path)" }
            // A client that measures no time itself.
            let outcome = try await Outcome(
                [
                    "nghttp", "-nv", "--cert", "\(folder)/admin.pem", "--key", "\(folder)/admin.key", "-d", "\(folder)/message",
                    "-H", "content-type: application/grpc", "-H", "te: trailers", "-H", "grpc-timeout: 1n", "-H",
                    "authorization: \(token)", "-H", "idempotency-key: 0123456789",
                ] + targets)
            let statuses = outcome.output.matches(of: /grpc-status: ([0-9]+)/).map(\.output.1)
            #expect(statuses.count == targets.count, "\(outcome)")
            #expect(statuses.allSatisfy { $0 == "4" }, "\(outcome)")
        }
    }
}
