import Crypto
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Senders

@Suite("One-time passwords", .timeLimit(.minutes(10)))
struct OneTimePasswordTests {
    private struct World {
        let base: SendersWorld
        let sender: FakeSender<Email>
        let passwords: OneTimePasswords

        init(_ base: SendersWorld, _ outcome: Outcome = .accepted(providerID: nil), key: UInt8 = 1) throws {
            self.base = base
            sender = FakeSender { _ in outcome }
            var templates = Templates()
            try templates.add(
                mail: "code", language: "en", places: OneTimePasswords.places, subject: "Your code",
                text: "Your code is {{code}}. It is good for {{minutes}} minutes.")
            passwords = try OneTimePasswords(
                base.database, key: [UInt8](repeating: key, count: 32), sender: sender, from: Mailbox(MailAddress("us@example.com")),
                templates: templates,
                template: "code", clock: base.clock.wall)
        }

        func request(_ purpose: String = "erase", subject: String = "ada", tenant: String = "a") async throws {
            try await passwords.request(purpose, subject: subject, to: Mailbox(MailAddress("ada@example.com")), base.scope(tenant))
        }

        func verify(_ code: String, _ purpose: String = "erase", subject: String = "ada", tenant: String = "a") async throws
            -> OneTimePasswordVerdict
        {
            try await passwords.verify(purpose, subject: subject, code: code, base.scope(tenant))
        }

        /// The code of the last mail.
        var code: String {
            let text = sender.sent.last?.content.text ?? ""
            return String(text.dropFirst("Your code is ".count).prefix(6))
        }

        var wrong: String { code == "000000" ? "000001" : "000000" }
    }

    private static func with(_ outcome: Outcome = .accepted(providerID: nil), _ body: (World) async throws -> Void) async throws {
        try await SendersWorld.with { (base) async throws in try await body(try World(base, outcome)) }
    }

    private static func refusal(_ body: () async throws -> Void) async -> OneTimePasswordRefusal? {
        do {
            try await body()
            return nil
        } catch SenderError.oneTimePassword(let refusal) {
            return refusal
        } catch {
            return nil
        }
    }

    @Test("SEC · a code that came by mail is good once")
    func once() async throws {
        try await Self.with { (world) async throws in
            try await world.request()
            #expect(world.code.utf8.count == 6 && world.code.utf8.allSatisfy { (0x30...0x39).contains($0) })
            #expect(world.sender.sent.last?.content.text == "Your code is \(world.code). It is good for 10 minutes.")
            #expect(try await world.verify(world.code) == .verified)
            #expect(try await world.verify(world.code) == .noneActive)
        }
    }

    @Test("SEC · five wrong guesses end a code, the right one included")
    func tries() async throws {
        try await Self.with { (world) async throws in
            try await world.request()
            for left in [4, 3, 2, 1, 0] { #expect(try await world.verify(world.wrong) == .wrong(triesLeft: left)) }
            #expect(try await world.verify(world.code) == .noneActive)
        }
    }

    @Test("the fifth guess may be right")
    func fifth() async throws {
        try await Self.with { (world) async throws in
            try await world.request()
            for _ in 0..<4 { _ = try await world.verify(world.wrong) }
            #expect(try await world.verify(world.code) == .verified)
        }
    }

    @Test("SEC · a code is good for ten minutes", arguments: [(599, true), (600, false)])
    func expiry(seconds: Int64, isGood: Bool) async throws {
        try await Self.with { (world) async throws in
            try await world.request()
            world.base.clock.advance(seconds: seconds)
            #expect(try await world.verify(world.code) == (isGood ? .verified : .noneActive))
        }
    }

    @Test("SEC · a new code takes the place of the old one, and begins with five tries")
    func replaced() async throws {
        try await Self.with { (world) async throws in
            try await world.request()
            let old = world.code
            for _ in 0..<5 { _ = try await world.verify(world.wrong) }
            try await world.request()
            if old != world.code { #expect(try await world.verify(old) == .wrong(triesLeft: 4)) }
            #expect(try await world.verify(world.code) == .verified)
        }
    }

    @Test("SEC · a code is good for its purpose, its subject and its tenant only, and never one that nobody asked for")
    func apart() async throws {
        try await Self.with { (world) async throws in
            #expect(try await world.verify("000000") == .noneActive)
            try await world.request()
            #expect(try await world.verify(world.code, "sign_in") == .noneActive)
            #expect(try await world.verify(world.code, subject: "grace") == .noneActive)
            #expect(try await world.verify(world.code, tenant: "b") == .noneActive)
            #expect(try await world.verify(world.code) == .verified)
            for bad in ["", "1", String(repeating: "1", count: 10_000), "१२३४५६"] { #expect(try await world.verify(bad) == .noneActive) }
        }
    }

    @Test("SEC · three codes in ten minutes, whatever they are for; then one is told when to come back")
    func rate() async throws {
        try await Self.with { (world) async throws in
            try await world.request("erase")
            world.base.clock.advance(seconds: 60)
            try await world.request("sign_in")
            try await world.request("erase")
            let last = world.code
            #expect(await Self.refusal { try await world.request("sign_in") } == .tooMany(retryAfterSeconds: 540))
            #expect(world.sender.sent.count == 3)
            #expect(try await world.verify(last) == .verified, "what was refused changes nothing")
            try await world.request(subject: "grace")
            try await world.request(tenant: "b")
            world.base.clock.advance(seconds: 540)
            try await world.request()
            #expect(await Self.refusal { try await world.request() } == .tooMany(retryAfterSeconds: 60))
        }
    }

    @Test("of many requests at once three are granted")
    func manyRequests() async throws {
        try await Self.with { (world) async throws in
            let passwords = world.passwords
            let scope = world.base.scope()
            let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            try await passwords.request("erase", subject: "ada", to: Mailbox(MailAddress("ada@example.com")), scope)
                            return true
                        } catch SenderError.oneTimePassword {
                            return false
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(granted == 3 && world.sender.sent.count == 3)
        }
    }

    @Test("SEC · a hundred guesses at once count a hundred times: five are judged, and a right one among those alone is good")
    func manyGuesses() async throws {
        try await Self.with { (world) async throws in
            try await world.request()
            let (passwords, scope, wrong) = (world.passwords, world.base.scope(), world.wrong)
            let verdicts = try await withThrowingTaskGroup(of: OneTimePasswordVerdict.self) { group in
                for _ in 0..<100 { group.addTask { try await passwords.verify("erase", subject: "ada", code: wrong, scope) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(verdicts.filter { $0 == .noneActive }.count == 95)
            #expect(
                Set(verdicts) == [
                    .noneActive, .wrong(triesLeft: 4), .wrong(triesLeft: 3), .wrong(triesLeft: 2), .wrong(triesLeft: 1),
                    .wrong(triesLeft: 0),
                ])
            let tries: Int32 = try await world.base.database.batch(scope) { $0.one("SELECT tries FROM one_time_password") }
            #expect(tries == 100)
            #expect(try await world.verify(world.code) == .noneActive)
        }
    }

    @Test("of many who bring the right code at once one gets in")
    func manyRight() async throws {
        try await Self.with { (world) async throws in
            try await world.request()
            let (passwords, scope, code) = (world.passwords, world.base.scope(), world.code)
            let verdicts = try await withThrowingTaskGroup(of: OneTimePasswordVerdict.self) { group in
                for _ in 0..<20 { group.addTask { try await passwords.verify("erase", subject: "ada", code: code, scope) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(verdicts.filter { $0 == .verified }.count == 1 && verdicts.filter { $0 == .noneActive }.count == 19)
        }
    }

    @Test(
        "a code whose mail was not taken is no code, and the caller hears of it",
        arguments: [
            Outcome.refused(reason: "no"), .failed(reason: "no", retryAfter: nil), .deferred(reason: "no", retryAfter: .seconds(1)),
        ])
    func notSent(outcome: Outcome) async throws {
        try await Self.with(outcome) { (world) async throws in
            #expect(await Self.refusal { try await world.request() } == .notSent(reason: "no"))
            #expect(try await world.verify(world.code) == .noneActive)
        }
    }

    @Test("a code whose mail may have been taken is one")
    func mayArrive() async throws {
        try await Self.with(.unknown(reason: "?")) { (world) async throws in
            try await world.request()
            #expect(try await world.verify(world.code) == .verified)
        }
    }

    @Test("SEC · the database knows neither code nor subject, and no hash is good under another key or for another row")
    func hashed() async throws {
        try await SendersWorld.with { (base) async throws in
            let world = try World(base)
            // No hexadecimal digits spell it.
            try await world.request(subject: "lovelace")
            try await world.request(subject: "grace")
            let row: String = try await base.database.batch(base.scope()) {
                $0.one("SELECT string_agg(o::text, ';') FROM one_time_password AS o")
            }
            for secret in [world.code, "lovelace", "grace"] { #expect(!row.contains(secret)) }
            #expect(!row.contains(Array("lovelace".utf8).map { String($0, radix: 16) }.joined()))
            let stranger = try World(base, key: 2)
            #expect(try await stranger.verify(world.code, subject: "grace") == .noneActive)
            let hashes: [[UInt8]] = try await base.database.batch(base.scope()) { $0.all("SELECT code_hash FROM one_time_password") }
            #expect(Set(hashes).count == 2)
            #expect(throws: SenderError.self) {
                try OneTimePasswords(
                    base.database, key: [1], sender: world.sender, from: Mailbox(MailAddress("us@example.com")), templates: Templates(),
                    template: "code")
            }
        }
    }

    @Test("SEC · whether an address is known shows in nothing but its mail: not in answers, limits, tries, or what is kept")
    func unknownAddress() async throws {
        var transcripts: [[String]] = []
        for isKnown in [true, false] {
            try await Self.with { (world) async throws in
                var transcript: [String] = []
                func ask() async throws {
                    let refusal = await Self.refusal {
                        try await world.passwords.request(
                            "erase", subject: "ada", to: Mailbox(MailAddress("ada@example.com")), world.base.scope(),
                            isKnown: { $0.one(isKnown ? "SELECT true" : "SELECT false") })
                    }
                    transcript.append("\(String(describing: refusal))")
                    await world.passwords.settle()
                }
                try await ask()
                for _ in 0..<6 { transcript.append("\(try await world.verify("123"))") }
                for _ in 0..<3 { try await ask() }
                transcript.append("\(try await world.verify("123"))")
                let rows: [Int64] = try await world.base.database.batch(world.base.scope()) {
                    $0.all("SELECT count(*) FROM one_time_password UNION ALL SELECT count(*) FROM one_time_password_request")
                }
                transcript.append("\(rows)")
                transcripts.append(transcript)
                #expect(world.sender.sent.count == (isKnown ? 3 : 0))
                if isKnown { #expect(try await world.verify(world.code) == .verified) }
            }
        }
        #expect(transcripts[0] == transcripts[1])
        #expect(transcripts[0].contains { $0.contains("Too many") })
    }

    @Test("who asks is not waited for by the mail: its failure is told to the operator, and the code is taken back")
    func failsBehind() async throws {
        try await SendersWorld.with { (base) async throws in
            let gate = AsyncStream<Void>.makeStream()
            let sender = FakeSender<Email> { _ in
                for await _ in gate.stream { break }
                return .refused(reason: "no")
            }
            var templates = Templates()
            try templates.add(mail: "code", language: "en", places: OneTimePasswords.places, subject: "x", text: "{{code}} {{minutes}}")
            let told = Mutex<[OneTimePasswordRefusal]>([])
            let passwords = try OneTimePasswords(
                base.database, key: [UInt8](repeating: 1, count: 32), sender: sender, from: Mailbox(MailAddress("us@example.com")),
                templates: templates, template: "code", clock: base.clock.wall, report: { refusal in told.withLock { $0.append(refusal) } })
            try await passwords.request(
                "erase", subject: "ada", to: Mailbox(MailAddress("ada@example.com")), base.scope(), isKnown: { $0.one("SELECT true") })
            #expect(told.withLock { $0 } == [])
            gate.continuation.yield()
            await passwords.settle()
            #expect(told.withLock { $0 } == [.notSent(reason: "no")])
            let code = String(sender.sent[0].content.text.prefix(6))
            #expect(try await passwords.verify("erase", subject: "ada", code: code, base.scope()) == .noneActive)
        }
    }

    @Test("codes are six digits, zeros in front included, and each is as likely as any other")
    func codes() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let codes = (0..<20_000).map { _ in OneTimePasswordRules.code(&random) }
        #expect(codes.allSatisfy { $0.utf8.count == 6 && Int($0) != nil }, "seed \(seed)")
        // Of 20,000 each first digit has 2,000; ten standard deviations are 424.
        for digit in 0..<10 { #expect((1_576...2_424).contains(codes.count { $0.first == Character("\(digit)") }), "seed \(seed)") }
    }
}
