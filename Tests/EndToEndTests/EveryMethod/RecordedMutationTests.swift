import AdminAPI
import Console
import Glibc
import Net
import Platform
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

/// What is changed by the platform's administrators stands in the log, with who has done it, what was asked for, and how it ended.
@Suite(.timeLimit(.minutes(10))) struct RecordedMutationTests {
    private struct Recorded {
        /// Of the service.
        let method: String
        let message: @Sendable () -> [UInt8]
        /// What the line shows of the request.
        let shown: String
        var outcome = "OK"
    }

    private static func request<Request: Message>(_ request: Request) -> @Sendable () -> [UInt8] {
        let bytes = request.encoded()
        return { bytes }
    }

    /// Each method whose calls are recorded in full, in an order in which they can be called one after the other.
    private static let mutations: [Recorded] = [
        Recorded(method: "CreateTenant", message: request(CreateTenantRequest.with { $0.name = "fresh" }), shown: #"\"name\":\"fresh\""#),
        Recorded(
            method: "SuspendTenant", message: request(SuspendTenantRequest.with { ($0.name, $0.reason) = ("fresh", "not paid") }),
            shown: #"\"reason\":\"not paid\""#),
        Recorded(method: "ResumeTenant", message: request(ResumeTenantRequest.with { $0.name = "fresh" }), shown: #"\"name\":\"fresh\""#),
        Recorded(
            method: "IssueToken",
            message: request(
                IssueTokenRequest.with {
                    ($0.subject, $0.tenant, $0.scopes) = ("bob", "acme", ["lead:read"])
                    $0.certificateSha256 = Array(repeating: 7, count: 32)
                }), shown: #"\"subject\":\"bob\""#),
        Recorded(
            method: "RevokeToken",
            message: request(
                RevokeTokenRequest.with {
                    $0.target = .token(.with { ($0.tenant, $0.tokenID) = ("acme", "lost-token") })
                    $0.reason = "laptop lost"
                }), shown: #"\"reason\":\"laptop lost\""#),
        Recorded(method: "RotateSigningKey", message: request(RotateSigningKeyRequest()), shown: #""request":"{}""#),
        Recorded(
            method: "SetQuota",
            message: request(
                SetQuotaRequest.with {
                    ($0.kind, $0.tenant, $0.name, $0.quotaClass) = (.principal, "acme", "bob", .send)
                    ($0.perPeriod, $0.burst) = (600, 60)
                }), shown: #"\"name\":\"bob\""#),
        // What is refused is recorded, too.
        Recorded(
            method: "SuspendTenant", message: request(SuspendTenantRequest.with { ($0.name, $0.reason) = ("nobodys", "gone") }),
            shown: #"\"name\":\"nobodys\""#, outcome: "NOT_FOUND"),
        Recorded(method: "ReloadConfig", message: request(ReloadConfigRequest()), shown: #""request":"{}""#),
        Recorded(
            method: "Drain", message: request(DrainRequest.with { $0.reason = "a new version" }), shown: #"\"reason\":\"a new version\""#),
    ]

    @Test("SEC-10 · every mutation of the administration is a line of the log: who, what, for whom, how it ended, and no token in it")
    func lines() async throws {
        try await TemporaryFolder.with { folder in
            let deployment = try await Deployment(in: folder)
            try await BuiltPrograms.demand("key-ring", "new", "\(folder.path)/ring", "one")
            try deployment.write(
                deployment.text().replacing(
                    #""secretFile": "secret""#, with: #""secretFile": "secret", "secrets": {"keyRingFile": "ring"}"#))
            try await deployment.migrate()
            let server = try Program([BuiltPrograms.switchboard, "serve", "--config", deployment.config], errors: .amongOutput)
            let started = try #require(try await server.line())
            let address = try #require(started.firstMatch(of: /"event":"server_started","address":"([0-9.:]+)"/)?.output.1, "\(started)")
            let output = Task { try await server.rest() }
            let loop = try EventLoop(name: "client")
            defer { loop.shutdown() }
            let (reading, metadata) = try await deployment.channel(to: String(address), loop)
            let methods = try await DeclaredMethod.all(of: reading, metadata)
            let world = MethodWorld(deployment: deployment, address: String(address), loop: loop, methods: methods)

            let prefix = "/switchboard.admin.v1.AdminService/"
            let recorded = methods.filter { $0.path.hasPrefix(prefix) && $0.isRecordedInFull }.map { $0.path.dropFirst(prefix.count) }
            #expect(Set(recorded.map(String.init)) == Set(Self.mutations.map(\.method)), "enter each of them")
            let token = try world.token { $0.id = "the-token" }
            for mutation in Self.mutations {
                let method = try #require(methods.first { $0.path == prefix + mutation.method })
                let error = await world.failure(of: method, on: reading, token, message: mutation.message())
                #expect((error == nil) == (mutation.outcome == "OK"), "\(method): \(error.map { "\($0)" } ?? "OK")")
            }
            // Drain has ended it.
            let text = try await output.value
            _ = try await server.end()
            await reading.close()
            let lines = text.split(separator: "\n").filter {
                $0.contains(#""event":"call_recorded""#) && $0.contains(#""token":"the-token""#)
            }
            #expect(lines.count == Self.mutations.count, "\(lines)")
            for (line, mutation) in zip(lines, Self.mutations) {
                #expect(line.contains("\"method\":\"switchboard.admin.v1.AdminService/\(mutation.method)\""), "\(line)")
                #expect(line.contains(#""tenant":"acme","service":"admin","caller":"ada""#), "\(line)")
                #expect(line.contains("\"outcome\":\"\(mutation.outcome)\""), "\(line)")
                #expect(line.contains(mutation.shown), "\(line)")
                #expect(line.contains(#""request_id":""#) && !line.contains(#""request_id":"""#), "\(line)")
            }
            // A token begins so: {"alg":
            #expect(!text.contains("eyJ"), "no token is in the log")
        }
    }
}
