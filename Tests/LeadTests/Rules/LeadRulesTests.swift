import LeadAPI
import Protobuf
import Resources
import StandardTypes
import Testing
import Validation

@testable import LeadServer

@Suite("The rules of a lead")
struct LeadRulesTests {
    private static let now = Instant(unixMicroseconds: 1_800_000_000_000_000)
    private let rules = LeadRules(zones: TimeZoneNames(compact: "Z Asia/Kolkata 5:53:28 - LMT\nL Asia/Kolkata Asia/Calcutta\n"))

    private func violations(_ change: (inout Lead) -> Void) -> [String] {
        var lead = Lead.ada
        change(&lead)
        var violations = Violations(under: "lead.")
        let draft = rules.draft(of: lead, now: Self.now, &violations)
        #expect((draft == nil) == !violations.isEmpty)
        return violations.all.map(\.field)
    }

    @Test("A lead with the three required fields becomes a draft with defaults, and consents to nothing")
    func defaults() throws {
        var violations = Violations()
        let draft = try #require(rules.draft(of: .ada, now: Self.now, &violations))
        #expect(draft.status == .new)
        #expect(draft.source == "manual")
        #expect(draft.score == 0)
        #expect(draft.consent == ConsentDraft())
        #expect(draft.consent.message == nil)
    }

    @Test("Every field keeps what is right")
    func allFields() throws {
        var violations = Violations(under: "lead.")
        let draft = rules.draft(of: .complete, now: Self.now, &violations)
        #expect(violations.all == [])
        let made = Lead(
            try #require(draft), id: try #require(LeadID("018f4e6a-7c1b-7d2e-9a3f-0123456789ab")), version: 3, createdAt: Self.now,
            updatedAt: Self.now)
        var expected = Lead.complete
        expected.id = "018f4e6a-7c1b-7d2e-9a3f-0123456789ab"
        expected.etag = "v3"
        expected.createdAt = Self.now.timestamp
        expected.updatedAt = Self.now.timestamp
        #expect(made == expected)
    }

    @Test("R6: every violation is reported at once, each with its path")
    func allAtOnce() {
        let fields = violations { lead in
            lead = Lead()
            lead.phone = "12"
            lead.company = String(repeating: "c", count: 201)
            lead.jobTitle = String(repeating: "j", count: 201)
            lead.linkedinURL = "https://example.com"
            lead.status = LeadStatus(rawValue: 99)
            lead.score = 101
            lead.source = String(repeating: "s", count: 101)
            lead.notes = String(repeating: "n", count: 5_001)
            lead.tags = ["vip", "", "vip"]
            lead.timezone = "Mars/Base"
            lead.country = "XX"
            var consent = Consent()
            consent.sms = true
            consent.ipAddress = "nowhere"
            consent.lawfulBasis = LawfulBasis(rawValue: 9)
            lead.consent = consent
        }
        #expect(
            fields == [
                "lead.first_name", "lead.last_name", "lead.email", "lead.phone", "lead.company", "lead.job_title", "lead.linkedin_url",
                "lead.status", "lead.score", "lead.source", "lead.notes", "lead.tags[1]", "lead.tags[2]", "lead.consent.given_at",
                "lead.consent.source", "lead.consent.ip_address", "lead.consent.lawful_basis", "lead.timezone", "lead.country",
            ])
    }

    @Test(
        "R6: text is bounded in code points, not bytes",
        arguments: [
            ("", false), ("   ", false), ("Zoë", true), (String(repeating: "a", count: 100), true),
            (String(repeating: "a", count: 101), false), (String(repeating: "🦊", count: 100), true),
            (String(repeating: "🦊", count: 101), false), (String(repeating: "e\u{301}", count: 50), true),
            (String(repeating: "e\u{301}", count: 51), false),
        ])
    func textLength(text: String, isRight: Bool) {
        #expect(violations { $0.firstName = text } == (isRight ? [] : ["lead.first_name"]))
    }

    @Test(
        "Import ids are 8 to 64 letters, digits, hyphens and underscores",
        arguments: [
            ("abcdefgh", true), ("A-Z_0-9-", true), (String(repeating: "k", count: 64), true), ("abcdefg", false),
            (String(repeating: "k", count: 65), false), ("abcdefg ", false), ("abcdefg.", false), ("abcdefgé", false), ("", false),
        ])
    func importID(text: String, isRight: Bool) {
        var header = ImportHeader()
        header.importID = text
        #expect(header.violations(now: Self.now.timestamp).map(\.field) == (isRight ? [] : ["import_id"]))
    }

    @Test("R6: the address of a page has at most 500 bytes", arguments: [(475, true), (476, false)])
    func pageLength(count: Int, isRight: Bool) {
        let page = "https://www.linkedin.com/" + String(repeating: "a", count: count)
        #expect(violations { $0.linkedinURL = page } == (isRight ? [] : ["lead.linkedin_url"]))
    }

    @Test("R6: a score is 0 to 100", arguments: [(Int32.min, false), (-1, false), (0, true), (100, true), (101, false), (.max, false)])
    func score(score: Int32, isRight: Bool) {
        #expect(violations { $0.score = score } == (isRight ? [] : ["lead.score"]))
    }

    @Test("R6: 50 tags of 50 characters are right, one more of either is not")
    func tags() {
        let longest = (0..<50).map { String(repeating: "t", count: 48) + ($0 < 10 ? "0" : "") + "\($0)" }
        #expect(violations { $0.tags = longest } == [])
        #expect(violations { $0.tags = longest + ["x"] } == ["lead.tags"])
        #expect(violations { $0.tags = [String(repeating: "t", count: 51)] } == ["lead.tags[0]"])
    }

    @Test("R6: 50 custom fields are right, one more is not")
    func customFieldCount() {
        func fields(_ count: Int) -> Map<String, CustomValue> {
            Map((0..<count).map { (key: "key_\($0)", value: .text("v")) })
        }
        #expect(violations { $0.customFields = fields(50) } == [])
        #expect(violations { $0.customFields = fields(51) } == ["lead.custom_fields"])
    }

    @Test(
        "R6: the key of a custom field is a short lower-case word",
        arguments: [
            ("a", true), ("a_1", true), ("a" + String(repeating: "b", count: 63), true), ("a" + String(repeating: "b", count: 64), false),
            ("", false), ("A", false), ("1a", false), ("_a", false), ("a-b", false), ("a.b", false), ("a\u{301}", false),
        ])
    func customFieldKey(key: String, isRight: Bool) {
        #expect(violations { $0.customFields = [key: .text("v")] } == (isRight ? [] : ["lead.custom_fields"]))
    }

    @Test(
        "R6: the value of a custom field is one text of 1000 characters, one finite number or one flag",
        arguments: [
            (CustomValue.text(String(repeating: "v", count: 1_000)), nil), (.text(String(repeating: "v", count: 1_001)), "text"),
            (.text("a\u{1}"), "text"), (.number(-1.5e300), nil), (.number(.infinity), "number"), (.number(.nan), "number"),
            (.flag(false), nil), (CustomValue(), "value"),
        ] as [(CustomValue, String?)])
    func customFieldValue(value: CustomValue, wrong: String?) {
        #expect(violations { $0.customFields = ["plan": value] } == wrong.map { ["lead.custom_fields[\"plan\"].\($0)"] } ?? [])
    }

    @Test("R6: custom fields have 16 KiB together, in bytes")
    func customFieldBytes() {
        // 16 keys of 2 bytes, 16 texts of 341 × 3 bytes − 1 = 1022 bytes: 16 × 1024 in all.
        let text = String(repeating: "€", count: 340) + "ab"
        let keys = (0..<16).map { "k" + String($0, radix: 16) }
        var fields = Map(keys.map { (key: $0, value: CustomValue.text(text)) })
        #expect(violations { $0.customFields = fields } == [])
        fields["k0"] = .text(text + "c")
        #expect(violations { $0.customFields = fields } == ["lead.custom_fields"])
    }

    @Test("A consent says when and where it was given, and not in the future")
    func consent() {
        func fields(_ change: (inout Consent) -> Void) -> [String] {
            violations { lead in
                var consent = Consent()
                consent.email = true
                consent.givenAt = Self.now.timestamp
                consent.source = "fair"
                change(&consent)
                lead.consent = consent
            }
        }
        #expect(fields { _ in } == [])
        #expect(fields { $0.givenAt = nil } == ["lead.consent.given_at"])
        #expect(fields { $0.givenAt = Instant(unixMicroseconds: Self.now.unixMicroseconds + 1).timestamp } == ["lead.consent.given_at"])
        #expect(fields { $0.givenAt?.nanos = 1_000_000_000 } == ["lead.consent.given_at"])
        #expect(fields { $0.givenAt?.seconds = .min } == ["lead.consent.given_at"])
        #expect(fields { $0.source = " " } == ["lead.consent.source"])
        #expect(fields { $0.source = String(repeating: "s", count: 201) } == ["lead.consent.source"])
        #expect(fields { $0 = Consent() } == [])
    }

    @Test("What is dropped at the limit of violations is dropped for everyone alike")
    func violationLimit() {
        let tags = (0..<50).map { _ in "" }
        #expect(violations { $0.tags = tags }.count == Limits.violations)
    }
}
