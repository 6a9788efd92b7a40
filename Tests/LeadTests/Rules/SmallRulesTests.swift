import Crypto
import LeadAPI
import Resources
import StandardTypes
import Testing
import Validation

@testable import LeadServer

@Suite("Statuses, ids, etags, times and filters")
struct SmallRulesTests {
    @Test("Every status of the interface has a word, and the words lead back")
    func statusWords() {
        for number in Int32(1)...8 {
            let status = LeadStatus(rawValue: number)
            #expect(status.word.flatMap(LeadStatus.init(word:)) == status)
        }
        #expect(LeadStatus.unspecified.word == nil)
        #expect(LeadStatus(rawValue: 9).word == nil)
        #expect(LeadStatus(word: "won") == nil)
    }

    @Test("The legal moves between statuses are these and no others")
    func transitions() {
        let legal: [LeadStatus: [LeadStatus]] = [
            .new: [.contacted, .unresponsive, .optedOut],
            .contacted: [.engaged, .qualified, .meetingBooked, .unresponsive, .optedOut],
            .engaged: [.qualified, .meetingBooked, .unresponsive, .optedOut],
            .qualified: [.meetingBooked, .converted, .unresponsive, .optedOut],
            .meetingBooked: [.qualified, .converted, .unresponsive, .optedOut],
            .converted: [.engaged, .optedOut],
            .unresponsive: [.contacted, .engaged, .optedOut],
            .optedOut: [],
        ]
        for (from, _) in LeadStatus.words {
            let reached = LeadStatus.words.map(\.status).filter { StatusTransition.isLegal(from: from, to: $0) && $0 != from }
            #expect(Set(reached) == Set(legal[from] ?? []), "\(from)")
            #expect(StatusTransition.isLegal(from: from, to: from))
        }
    }

    @Test(
        "A lead id is a UUID, in lower case after reading",
        arguments: [
            ("018f4e6a-7c1b-7d2e-9a3f-0123456789ab", true), ("018F4E6A-7C1B-7D2E-9A3F-0123456789AB", true),
            ("00000000-0000-0000-0000-000000000000", true), ("018f4e6a7c1b7d2e9a3f0123456789ab", false),
            ("018f4e6a-7c1b-7d2e-9a3f-0123456789a", false), ("018f4e6a-7c1b-7d2e-9a3f-0123456789abc", false),
            ("018f4e6a-7c1b-7d2e-9a3f-0123456789ag", false), ("", false), ("{18f4e6a-7c1b-7d2e-9a3f-0123456789a}", false),
        ])
    func leadID(text: String, isRight: Bool) {
        #expect(LeadID(text)?.text == (isRight ? text.lowercased() : nil))
    }

    @Test("The first id of a millisecond lies at or below every id made in it and above those made before")
    func firstID() {
        let id = UUIDv7(unixNanoseconds: 1_800_000_000_123_000_000, random: 0).description
        #expect(LeadID.first(ofMillisecond: 1_800_000_000_123).text <= id)
        #expect(LeadID.first(ofMillisecond: 1_800_000_000_124).text > id)
        #expect(LeadID.first(ofMillisecond: -1).text == "00000000-0000-7000-8000-000000000000")
        #expect(LeadID(LeadID.first(ofMillisecond: .max).text) != nil)
    }

    @Test("An etag condition is required; it is any version or exactly one")
    func etags() {
        #expect(EtagCondition("") == nil)
        #expect(EtagCondition("*")?.allows(version: 7) == true)
        #expect(EtagCondition(Etag(version: 7).text)?.allows(version: 7) == true)
        #expect(EtagCondition(Etag(version: 7).text)?.allows(version: 8) == false)
        #expect(EtagCondition("nonsense")?.allows(version: 7) == false)
    }

    @Test("A time goes there and back, before 1970 too", arguments: [Int64(0), 1, -1, 1_800_000_000_123_456, -62_135_596_800_000_000])
    func instants(microseconds: Int64) {
        let instant = Instant(unixMicroseconds: microseconds)
        #expect(instant.timestamp.nanos >= 0)
        #expect(Instant(instant.timestamp) == instant)
        #expect(Instant(unixMicroseconds: -1).unixMilliseconds == -1)
    }

    @Test("R6: a filter reports all bounds that it breaks at once, and then what does not fit together")
    func filterViolations() {
        var filter = LeadFilter()
        filter.statuses = [.new, .unspecified]
        filter.email = "nobody"
        filter.tags = [""]
        filter.source = "\u{7}"
        filter.minScore = 50
        filter.maxScore = 40
        filter.createdFrom = Instant(unixMicroseconds: 2).timestamp
        filter.createdBefore = Instant(unixMicroseconds: 2).timestamp
        #expect(filter.violations(now: Timestamp()).map(\.field) == ["statuses[1]", "email", "tags[0]"])
        var violations = Violations(under: "filter.")
        #expect(LeadCriteria(filter, &violations) == nil)
        #expect(violations.all.map(\.field) == ["filter.tags[0]", "filter.source", "filter.max_score", "filter.created_before"])
        filter = LeadFilter()
        filter.statuses = Array(repeating: .new, count: 9)
        filter.tags = Array(repeating: "t", count: 11)
        filter.minScore = -1
        filter.maxScore = 101
        filter.source = String(repeating: "s", count: 101)
        #expect(filter.violations(now: Timestamp()).map(\.field) == ["statuses", "tags", "source", "min_score", "max_score"])
    }

    @Test("An empty filter sets no condition, and an e-mail address is compared in lower case")
    func filter() throws {
        var violations = Violations()
        var filter = LeadFilter()
        let all = try #require(LeadCriteria(filter, &violations))
        #expect(all.email == nil && all.statuses == [] && all.minScore == nil)
        filter.email = "ADA@Example.com"
        #expect(LeadCriteria(filter, &violations)?.email == "ada@example.com")
    }
}
