import AdminAPI
import Console
import Crypto
import HTTP2
import LeadAPI
import Protobuf
import StandardTypes
import TestSupport
import Resources
import Testing

@testable import AdminServer
@testable import LeadServer
@testable import Platform
@testable import Postgres
@testable import Senders

/// Every named statement, prepared on the schema that the migrations make, with the types that Swift binds; and what Swift decodes, from
/// columns of the names and types that PostgreSQL describes.
@Suite struct StatementTests {
    private static let folders = [
        "AdminServer", "BillingServer", "LeadServer", "Platform/Database", "Platform/Identity", "Platform/Jobs", "Platform/Outbox",
        "Platform/Quotas", "Platform/Schedules", "Platform/Secrets", "Platform/Tokens", "Senders",
    ]

    private static let lead: [CheckedStatement] = {
        guard let id = LeadID("01890000-0000-7000-8000-000000000000"), let email = EmailAddress("ada@example.com") else { return [] }
        let time = Instant(unixMicroseconds: 0)
        let draft = LeadDraft(
            firstName: "Ada", lastName: "Lovelace", email: email, phone: "", company: "", jobTitle: "", linkedinURL: "", status: .new,
            score: 0, source: "manual", notes: "", tags: ["a"], customFields: [:], consent: ConsentDraft(), timezone: "", country: "")
        let digest = [UInt8](repeating: 0, count: 32)
        let chunk = ImportChunkCount(digest: digest, rows: 1, refused: 0, ids: [id], conflict: .skip)
        let updating = ImportChunkCount(digest: digest, rows: 1, refused: 0, ids: [id], conflict: .update)
        return [
            CheckedStatement("lead", .lead(id), LeadRow.self), CheckedStatement("lockLead", .lockLead(id), LeadRow.self),
            CheckedStatement("leads", .leads([id]), LeadRow.self), CheckedStatement("insertLead", .insertLead(id, draft, at: time)),
            CheckedStatement("updateLead", .updateLead(id, draft, version: 2, at: time)),
            CheckedStatement("deleteLead", .deleteLead(id, .any, at: time), Bool.self),
            CheckedStatement("isLeadAddress", .isLeadAddress(email), Bool.self),
            CheckedStatement("deleteLead", .deleteLead(id, .exactly(1), at: time), Bool.self),
            CheckedStatement("beginImport", .beginImport("import-1", digest: digest, at: time)),
            CheckedStatement("importState", .importState("import-1"), ImportState.self),
            CheckedStatement("lockImport", .lockImport("import-1"), ImportState.self),
            CheckedStatement("importLead", .importLead(id, draft, .skip, at: time)),
            CheckedStatement("importLead", .importLead(id, draft, .update, at: time)),
            CheckedStatement("noteRefusal", .noteRefusal("import-1", row: 1, error: [])),
            CheckedStatement("countChunk", .countChunk(chunk, of: "import-1")),
            CheckedStatement("countChunk", .countChunk(updating, of: "import-1")),
            CheckedStatement("finishImport", .finishImport("import-1", rows: 1, at: time), ImportState.self),
            CheckedStatement("refusals", .refusals("import-1", limit: 10), [UInt8].self),
        ] + lists(id, time)
    }()

    /// Every condition, every order, the first page and a later one.
    private static func lists(_ id: LeadID, _ time: Instant) -> [CheckedStatement] {
        var violations = Violations()
        guard let all = LeadCriteria(LeadFilter(), &violations) else { return [] }
        var one = all
        one.statuses = [.new]
        var some = all
        some.statuses = [.new, .contacted]
        some.email = "ada@example.com"
        some.source = "manual"
        some.minScore = 1
        some.maxScore = 99
        some.createdFrom = time
        some.createdBefore = time
        some.tags = ["a", "b"]
        return [all, one, some].flatMap { criteria in
            [LeadOrder.newestFirst, .oldestFirst, .highestScoreFirst].flatMap { order in
                [nil, PagePosition(id: id, score: 1)].map { position in
                    CheckedStatement("leads", .leads(criteria, order, after: position, limit: 51), LeadRow.self)
                }
            }
        }
    }

    private static let platform: [CheckedStatement] = {
        guard let key = try? IdempotencyKey(HTTPFields([("idempotency-key", "key-00001")])) else { return [] }
        let digest = [UInt8](repeating: 0, count: 32)
        let position = OutboxPosition(transaction: 1, number: 1)
        return [
            CheckedStatement("keep", .keep([], under: key, fingerprint: digest, lock: 1)), CheckedStatement("begin", .begin(key, lock: 1)),
            CheckedStatement("kept", .kept(key), KeptReply.self), CheckedStatement("hold", .hold(lock: 1)),
            CheckedStatement("purgeKeys", .purgeKeys(limit: 1), Int.self),
            CheckedStatement("events", .events(after: position, limit: 1), RecordedEvent.self),
            CheckedStatement("outboxEnd", .outboxEnd, OutboxPosition.self),
            CheckedStatement("holdCursor", .holdCursor(of: "cache"), HeldPlace.self),
            CheckedStatement("makeCursor", .makeCursor(of: "cache")),
            CheckedStatement("moveCursor", .moveCursor(of: "cache", to: position)),
            CheckedStatement("identityRefusals", .identityRefusals(longestLife: 960), RefusalRow.self),
            CheckedStatement("identityRefusals", .identityRefusals(since: 1, longestLife: 960), RefusalRow.self),
            CheckedStatement("refusalPlace", .refusalPlace, Int64.self),
            CheckedStatement("verificationKeys", .verificationKeys, VerificationKeyRow.self),
            CheckedStatement("purgeRevokedTokens", .purgeRevokedTokens(limit: 1), Int64.self),
            CheckedStatement("purgePrincipals", .purgePrincipals(endedSecondsAgo: 1, limit: 1), Int64.self),
            CheckedStatement("purgeSubjectEpochs", .purgeSubjectEpochs(keptSeconds: 1, limit: 1), Int64.self),
            CheckedStatement("purgeOutbox", .purgeOutbox(olderThanSeconds: 1, limit: 1), Int64.self),
        ]
    }()

    private static let secrets: [CheckedStatement] = {
        let column = SealedColumn(table: "signing_key", column: "sealed_private_key")
        return [
            CheckedStatement("sealedColumns", .sealedColumns, SealedColumn.self),
            CheckedStatement("sealedPages", .sealedPages(of: column), Int.self),
            CheckedStatement("sealedValues", .sealedValues(of: column, from: 0, pages: 1, butFor: [1]), FoundSealedValue.self),
            CheckedStatement("rewrap", .rewrap(column, []), Int.self),
            CheckedStatement("sealedKeys", .sealedKeys(of: column), SealedKeyUse.self),
        ]
    }()

    private static let jobs: [CheckedStatement] = {
        let id = UUIDv7Generator.system.next()
        let hold = JobHold(worker: id, tenant: "a", id: id, fence: 1)
        func verdict(_ next: JobVerdict.Next) -> JobVerdict {
            var verdict = JobVerdict(
                CancellationError(), as: .permanent, isTimeout: false, attempt: 1, allowed: 1, retries: JobRetries(attempts: 1), random: 0)
            verdict.next = next
            return verdict
        }
        let reply = JobReply(StringValue())
        return [
            CheckedStatement("registerJobWorker", .registerJobWorker(id, name: "test", shift: 0)),
            CheckedStatement("beatJobWorker", .beatJobWorker(id, shift: 0)),
            CheckedStatement(
                "claimJobs", .claimJobs(id, JobQueue("default", cap: 1, tenantCap: 1), kinds: ["mail"], count: 1, after: "", shift: 0)),
            CheckedStatement("finishJobs", .finishJobs(id, [hold], shift: 0), UUIDv7.self),
            CheckedStatement("completeJob", .completeJob(hold, reply: reply, shift: 0)),
            CheckedStatement("failJob", .failJob(hold, verdict(.again(after: .seconds(1))), shift: 0), Int.self),
            CheckedStatement("failJob", .failJob(hold, verdict(.later(after: .seconds(1))), shift: 0), Int.self),
            CheckedStatement("failJob", .failJob(hold, verdict(.dead), shift: 0), Int.self),
            CheckedStatement("noteProgress", .noteProgress(hold, reply)), CheckedStatement("purgeJobs", .purgeJobs(shift: 0)),
            CheckedStatement("putBackJobs", .putBackJobs(id, queue: "default", butFor: [id], shift: 0)),
            CheckedStatement("rescueJobs", .rescueJobs(shift: 0)), CheckedStatement("retireJobWorker", .retireJobWorker(id, shift: 0)),
            CheckedStatement("beginJobNow", .beginJobNow(id)), CheckedStatement("cancelJob", .cancelJob(id, reason: "why")),
            CheckedStatement("discardJob", .discardJob(id, reason: "why")),
            CheckedStatement("failures", .failures(of: [id], limit: 1), FailureRow.self), CheckedStatement("job", .job(id), JobRow.self),
            CheckedStatement("jobs", .jobs([.ready], queue: "default", kind: "mail", after: id, limit: 1), JobRow.self),
            CheckedStatement("jobs", .jobs([.dead, .running], queue: "", kind: "mail", after: id, limit: 1), JobRow.self),
            CheckedStatement("jobs", .jobs([], queue: "", kind: "", after: nil, limit: 1), JobRow.self),
            CheckedStatement("operation", .operation(id), OperationRow.self),
            CheckedStatement("cancelOperation", .cancelOperation(id), Bool?.self),
            CheckedStatement("beginSchedule", .beginSchedule("nightly", shift: 0)),
            CheckedStatement("scheduleState", .scheduleState("nightly", shift: 0), ScheduleState.self),
            CheckedStatement("takeSlot", .takeSlot(0, of: "nightly")),
            CheckedStatement("forgetSlots", .forgetSlots(of: "nightly", keptSeconds: 1)),
            CheckedStatement("actFor", .actFor("a")),
            CheckedStatement("queueStatistics", .queueStatistics(limit: 1)), CheckedStatement("redriveJobs", .redriveJobs([id])),
        ]
    }()

    private static let tokens: [CheckedStatement] = {
        guard let ring = try? KeyRingText(firstKey: "1"),
            let secret = ServerSecret(Array(0..<32)),
            let key = try? NewSigningKey(issuer: "test", ring: KeyRing(ring), proof: SigningKeyProof(secret), now: 0, signsAtOnce: true)
        else { return [] }
        let id = UUIDv7Generator.system.next()
        let time = Timestamptz(seconds: 0)
        let delegation = Delegation(subject: "ada", actors: ["voice"], tenant: "a", scopes: ["lead:read"], expires: 4_000_000_000)
        let last = PrincipalName(subject: "ada", service: "voice")
        return [
            CheckedStatement("signingKey", .signingKey(of: "test"), SealedSigningKey.self),
            CheckedStatement("holdSigningKeys", .holdSigningKeys(of: "test")),
            CheckedStatement("insertFirstSigningKey", .insertFirstSigningKey(key)),
            CheckedStatement("insertSigningKey", .insertSigningKey(key)),
            CheckedStatement("activeSigningKeys", .activeSigningKeys(of: "test"), KeptSigningKey.self),
            CheckedStatement("proveSigningKey", .proveSigningKey("1", of: "test", publicKey: "", proof: [1])),
            CheckedStatement("retireSigningKeys", .retireSigningKeys(of: "test", butFor: "1")),
            CheckedStatement("retireSigningKey", .retireSigningKey("1", of: "test")),
            CheckedStatement("retireConfiguredKey", .retireConfiguredKey("1", of: "test", algorithm: "EdDSA"), Int.self),
            CheckedStatement("ageSigningKeys", .ageSigningKeys(of: "test")),
            CheckedStatement("notePrincipal", .notePrincipal(delegation)),
            CheckedStatement("delegationRefusal", .delegationRefusal(delegation), DelegationRefusal.self),
            CheckedStatement("insertGrant", .insertGrant(delegation, id: id), Grant.self),
            CheckedStatement("liveGrant", .liveGrant(id), Grant.self),
            CheckedStatement("liveGrants", .liveGrants([GrantName(tenant: "a", id: id)]), GrantName.self),
            CheckedStatement("revokeGrant", .revokeGrant(id, of: nil)), CheckedStatement("revokeGrant", .revokeGrant(id, of: "voice")),
            CheckedStatement("purgeGrants", .purgeGrants(limit: 1), Int64.self),
            CheckedStatement("revokeToken", .revokeToken("1", by: "ada", reason: "why")),
            CheckedStatement("revokeSubject", .revokeSubject("ada", issuedBefore: time, by: "ada", reason: "why")),
            CheckedStatement("enterTenant", .enterTenant("b")), CheckedStatement("insertTenant", .insertTenant(at: time)),
            CheckedStatement("tenant", .tenant, TenantRow.self),
            CheckedStatement("suspendTenant", .suspendTenant(reason: "why")), CheckedStatement("resumeTenant", .resumeTenant),
            CheckedStatement("principals", .principals(onlyLive: true, after: last, limit: 1), PrincipalRow.self),
            CheckedStatement("principals", .principals(onlyLive: false, after: nil, limit: 1), PrincipalRow.self),
        ]
    }()

    private static let quotas: [CheckedStatement] = {
        let shared = SharedQuota(subject: .principal("ada", of: "a"), class: .read)
        let lease = QuotaLeaseRow(
            shared, process: .none, units: 1, wanted: 1, owedUntil: Timestamptz(unixMicroseconds: 0))
        let entry = QuotaBook.Entry(kind: .principal, subject: shared.subject, class: .read, quota: Quota(perPeriod: 1))
        return [
            CheckedStatement("setQuota", .setQuota(QuotaRow(entry), of: "a", by: "voice/ada")),
            CheckedStatement("removeQuota", .removeQuota(kind: "principal", name: "ada", class: "read")),
            CheckedStatement("allQuotas", .allQuotas, QuotaRow.self),
            CheckedStatement("quotaBeat", .quotaBeat(.none, name: "test", lease: .seconds(1)), QuotaSight.self),
            CheckedStatement("quotaLeave", .quotaLeave(.none)), CheckedStatement("quotaLeases", .quotaLeases, QuotaLeaseRow.self),
            CheckedStatement("quotaLeases", .quotaLeases(kind: "principal", name: "ada"), QuotaLeaseRow.self),
            CheckedStatement("putQuotaLeases", .putQuotaLeases([lease])),
            CheckedStatement("dropQuotaLeases", .dropQuotaLeases([lease], of: .none)),
        ]
    }()

    private static let senders: [CheckedStatement] = {
        let id = UUIDv7Generator.system.next()
        let time = Timestamptz(unixMicroseconds: 0)
        let hash = [UInt8](repeating: 0, count: 32)
        let password = NewOneTimePassword(
            purpose: "erase", subjectHash: hash, salt: Array(hash.prefix(16)), codeHash: hash, requestedAt: time, expiresAt: time,
            windowStart: time)
        return [
            CheckedStatement("delivery", .delivery(id), Senders.DeliveryRecord.self, state: "sending"),
            CheckedStatement(
                "deliveries", .deliveries(DeliveryQuery(), after: nil, limit: 1), Senders.DeliveryRecord.self, state: "unknown"),
            CheckedStatement(
                "deliveries", .deliveries(DeliveryQuery(state: .unknown, recipient: "ada@example.com"), after: id, limit: 1),
                Senders.DeliveryRecord.self, state: "unknown"),
            CheckedStatement("beginDelivery", .beginDelivery(id, until: time, now: time), ClaimedDelivery.self, state: "sending"),
            CheckedStatement("endDelivery", .endDelivery(id, attempt: 1, DeliveryEnd(.accepted(providerID: "1")), now: time)),
            CheckedStatement("loseDelivery", .loseDelivery(id, reason: "why", now: time)),
            CheckedStatement("resolveDelivery", .resolveDelivery(id, as: .accepted, reason: "why", by: "ada", now: time)),
            CheckedStatement("storeOneTimePassword", .storeOneTimePassword(password, atMost: 3)),
            CheckedStatement("oldestOneTimePasswordRequest", .oldestOneTimePasswordRequest(password), Timestamptz?.self),
            CheckedStatement("endOneTimePassword", .endOneTimePassword(password, at: time)),
            CheckedStatement("lockOneTimePassword", .lockOneTimePassword("erase", hash), KeptOneTimePassword.self),
            CheckedStatement("countOneTimePasswordTry", .countOneTimePasswordTry("erase", hash, endedAt: nil)),
        ]
    }()

    @Test("Every named statement fits the schema, and its rows fit what decodes them")
    func statements() async throws {
        let world = try await SchemaWorld()
        try world.catalogue.executeScript("SELECT set_config('app.tenant', 'a', false), set_config('app.caller', 'voice/ada', false)")
        for checked in Self.lead + Self.platform + Self.jobs + Self.secrets + Self.tokens + Self.quotas + Self.senders
            + BillingStatements.all
        {
            let fault = checked.fault(on: world.catalogue)
            #expect(fault == nil, "\(checked.name): \(fault ?? "")\n\(checked.statement)")
        }
    }

    @Test("A statement that is not among them is named: it would be checked by its first caller only")
    func complete() throws {
        let sources = "\(#filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined())/Sources"
        var declared: Set<String> = []
        for folder in Self.folders {
            for path in Self.swiftFiles(below: "\(sources)/\(folder)") {
                for line in try Files.text(path).split(separator: "\n") {
                    let words = line.drop { $0 == " " }
                    guard
                        words.hasPrefix("static func ") && words.contains("-> SQL {")
                            || words.hasPrefix("static let ") && words.contains(": SQL =")
                    else { continue }
                    let name = words.dropFirst(words.hasPrefix("static let ") ? "static let ".count : "static func ".count)
                    declared.insert(String(name.prefix { $0.isLetter || $0.isNumber }))
                }
            }
        }
        // Lists of columns, which stand in the statements above.
        declared.remove("columns")
        let names = Set(
            (Self.lead + Self.platform + Self.jobs + Self.secrets + Self.tokens + Self.quotas + Self.senders + BillingStatements.all).map(
                \.name))
        #expect(declared.sorted() == names.sorted())
    }

    private static func swiftFiles(below folder: String) -> [String] {
        Files.names(in: folder).flatMap { name in
            let path = "\(folder)/\(name)"
            return Files.isFolder(path) ? swiftFiles(below: path) : name.hasSuffix(".swift") ? [path] : []
        }
    }

    @Test(
        "A wrong one would be found",
        arguments: [
            CheckedStatement("no column", "SELECT nothing FROM lead"), CheckedStatement("no table", "SELECT 1 FROM leed"),
            CheckedStatement("another type", "SELECT 1 FROM lead WHERE id = \(7)"),
            CheckedStatement("a column too few", "SELECT id, version FROM lead", LeadRow.self),
            CheckedStatement("a column of another type", "SELECT first_name FROM lead", Int.self),
            CheckedStatement("too wide a number", "SELECT count(*) FROM lead", Int32.self),
        ])
    func faults(_ checked: CheckedStatement) async throws {
        #expect(checked.fault(on: try await SchemaWorld().catalogue) != nil)
    }
}
