import Crypto
import LeadAPI
import LeadServer
import Net
import Platform
import Postgres
import RPC
import Senders
import StandardTypes
import Synchronization
import TestSupport
import Testing

/// OneTimePasswordService over a socket, with mails that the test reads.
@Suite struct OneTimePasswordServiceTests {
    private final class Mails: Sender {
        let all = Mutex<[Email]>([])

        func destination(of content: Email) -> String { "fake" }

        func send(_ content: Email, id: UUIDv7) async -> Outcome {
            all.withLock { $0.append(content) }
            return .accepted(providerID: nil)
        }

        /// Of the last mail.
        var code: String { all.withLock { String($0.last?.text.prefix(6) ?? "") } }
        var recipients: [String] { all.withLock { $0.map(\.to.address.description) } }
    }

    private struct World {
        let mails: Mails
        let passwords: OneTimePasswords
        let channel: RPC.Channel

        private var client: OneTimePasswordServiceClient { OneTimePasswordServiceClient(channel) }

        func options(_ tenant: String) -> CallOptions {
            CallOptions(
                metadata: Metadata([("test-tenant", tenant), ("idempotency-key", "key-\(UInt64.random(in: 0 ... .max))")]),
                timeout: .seconds(300))
        }

        func createLead(_ email: String, tenant: String = "a") async throws {
            var request = CreateLeadRequest()
            request.lead = .numbered(1) { $0.email = email }
            _ = try await LeadServiceClient(channel).createLead(request, options(tenant))
        }

        func request(_ email: String, tenant: String = "a") async throws -> RequestOneTimePasswordReply {
            var request = RequestOneTimePasswordRequest()
            request.email = email
            request.purpose = .erasure
            let reply = try await client.requestOneTimePassword(request, options(tenant))
            await passwords.settle()
            return reply
        }

        func verify(
            _ email: String, _ code: String, _ purpose: OneTimePasswordPurpose = .erasure, tenant: String = "a"
        ) async throws -> VerifyOneTimePasswordReply {
            var request = VerifyOneTimePasswordRequest()
            request.email = email
            request.code = code
            request.purpose = purpose
            return try await client.verifyOneTimePassword(request, options(tenant))
        }

        static func with(sends: Bool = true, _ body: (World) async throws -> Void) async throws {
            let fresh = try await TestCluster.shared().freshDatabase(
                PlatformSchema.migrations + SendersSchema.migrations + LeadSchema.migrations)
            let loops = try EventLoopGroup(count: 1)
            let database = Database(fresh.application, loops: loops.loops)
            var templates = Templates()
            try templates.add(mail: "code", language: "en", places: OneTimePasswords.places, subject: "x", text: "{{code}} {{minutes}}")
            let mails = Mails()
            let passwords = try OneTimePasswords(
                database, key: [UInt8](repeating: 1, count: 32), sender: mails, from: Mailbox(MailAddress("us@example.com")),
                templates: templates, template: "code")
            let secret = try #require(ServerSecret(Array(0..<32)))
            let server = try Server(
                services: [
                    Leads(database: database, secret: secret, zones: try TimeZoneNames()), LeadOneTimePasswords(sends ? passwords : nil),
                ],
                interceptors: [MapErrors(log: Log(minimum: .error)), ActAsTenant(), RequireIdempotencyKey()], loops: loops)
            let address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
            let channel = try RPC.Channel("\(address)", loop: loops.loops[0])
            let failure: (any Error)?
            do {
                try await body(World(mails, passwords, channel))
                failure = nil
            } catch {
                failure = error
            }
            await channel.close()
            await server.drain(grace: .zero)
            await database.shutdown()
            loops.shutdown()
            if let failure { throw failure }
        }

        private init(_ mails: Mails, _ passwords: OneTimePasswords, _ channel: RPC.Channel) {
            self.mails = mails
            self.passwords = passwords
            self.channel = channel
        }
    }

    private static func refusal(_ call: () async throws -> Void) async -> RPCError? {
        do {
            try await call()
            return nil
        } catch {
            return error as? RPCError
        }
    }

    @Test("SEC · a lead gets a code by mail, at its address only, and it is good once, for its purpose")
    func known() async throws {
        try await World.with { world in
            try await world.createLead("Ada@Example.com")
            #expect(try await world.request("ada@example.com").lifetime?.seconds == 600)
            #expect(world.mails.recipients == ["ada@example.com"])
            let code = world.mails.code
            #expect(code.utf8.count == 6)
            #expect(try await world.verify("ada@example.com", code, .preferences).verified == false)
            let wrong = try await world.verify("ada@example.com", code == "000000" ? "000001" : "000000")
            #expect((wrong.verified, wrong.triesLeft) == (false, 4))
            #expect(try await world.verify("ADA@example.com", code, tenant: "b").verified == false)
            #expect(try await world.verify("ADA@example.com", code).verified)
            #expect(try await world.verify("ada@example.com", code).verified == false)
        }
    }

    @Test("SEC · what is asked about an address that is nobody's is answered as if it were a lead's, and no mail goes out")
    func unknown() async throws {
        try await World.with { world in
            try await world.createLead("ada@example.com")
            try await world.createLead("eve@example.com", tenant: "b")
            var answers: [[String]] = []
            for email in ["ada@example.com", "nobody@example.com", "eve@example.com"] {
                var transcript: [String] = []
                transcript.append("\(try await world.request(email))")
                // A code is six digits, and none of these is right but once in a million.
                for _ in 0..<6 { transcript.append("\(try await world.verify(email, "000000"))") }
                for _ in 0..<2 { transcript.append("\(try await world.request(email))") }
                let refused = await Self.refusal { _ = try await world.request(email) }
                transcript.append("\(String(describing: refused?.code)) \(refused?.reason ?? "")")
                answers.append(transcript)
            }
            #expect(answers[0] == answers[1] && answers[1] == answers[2])
            #expect(answers[0].last == "Optional(RESOURCE_EXHAUSTED) RATE_LIMITED", "\(answers[0])")
            #expect(world.mails.recipients == Array(repeating: "ada@example.com", count: 3))
        }
    }

    @Test("what is no address, no code or no purpose is refused; so is everything where no mail is sent")
    func refused() async throws {
        try await World.with { world in
            for (email, code) in [("ada", "123456"), ("ada@example.com", "12345"), ("ada@example.com", "12345a"), ("", "123456")] {
                #expect(await Self.refusal { _ = try await world.verify(email, code) }?.reason == "FIELD_VIOLATION", "\(email) \(code)")
            }
            #expect(
                await Self.refusal { _ = try await world.verify("ada@example.com", "123456", .unspecified) }?.reason == "FIELD_VIOLATION")
            #expect(await Self.refusal { _ = try await world.request("ada@example") }?.reason == "FIELD_VIOLATION")
        }
        try await World.with(sends: false) { world in
            #expect(await Self.refusal { _ = try await world.request("ada@example.com") }?.reason == "PRECONDITION_FAILED")
            #expect(await Self.refusal { _ = try await world.verify("ada@example.com", "123456") }?.reason == "PRECONDITION_FAILED")
        }
    }
}
