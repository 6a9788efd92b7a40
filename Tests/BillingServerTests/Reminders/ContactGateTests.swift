import Platform
import Resources
import TestSupport
import Testing

@testable import BillingServer

@Suite("The gate that reminders pass")
struct ContactGateTests {
    private static func preferences(
        quiet: (String, String) = ("21:00", "09:00"), caps: (Int, Int) = (3, 10), channels: [ContactChannel] = [.email],
        isOptedOut: Bool = false
    ) -> ContactTerms {
        ContactTerms(
            quiet: QuietHours(startMinute: MinuteOfDay.read(quiet.0) ?? 0, endMinute: MinuteOfDay.read(quiet.1) ?? 0) ?? .usual,
            timeZone: "",
            caps: ContactCaps(perWeek: caps.0, perMonth: caps.1), channels: channels, isOptedOut: isOptedOut)
    }

    @Test(
        "BIL-12 · quiet hours go across midnight, and end by the clock where the customer is",
        arguments: [
            ("21:00", "09:00", "Asia/Kolkata", "2025-10-01T20:59", "2025-10-01T20:59"),
            ("21:00", "09:00", "Asia/Kolkata", "2025-10-01T21:00", "2025-10-02T09:00"),
            ("21:00", "09:00", "Asia/Kolkata", "2025-10-01T23:59", "2025-10-02T09:00"),
            ("21:00", "09:00", "Asia/Kolkata", "2025-10-02T00:00", "2025-10-02T09:00"),
            ("21:00", "09:00", "Asia/Kolkata", "2025-10-02T08:59", "2025-10-02T09:00"),
            ("21:00", "09:00", "Asia/Kolkata", "2025-10-02T09:00", "2025-10-02T09:00"),
            ("13:00", "15:00", "Asia/Kolkata", "2025-10-02T14:00", "2025-10-02T15:00"),
            ("00:00", "00:00", "Asia/Kolkata", "2025-10-02T03:00", "2025-10-02T03:00"),
            // Clocks go forward in London on 30 March 2025 at 01:00, back on 26 October at 02:00.
            ("21:00", "09:00", "Europe/London", "2025-03-29T23:00", "2025-03-30T09:00"),
            ("21:00", "09:00", "Europe/London", "2025-10-25T23:00", "2025-10-26T09:00"),
            // They end within the hour that is left out, and within the one that comes twice.
            ("21:00", "01:30", "Europe/London", "2025-03-29T23:00", "2025-03-30T02:00"),
            ("21:00", "01:30", "Europe/London", "2025-10-25T23:00", "2025-10-26T01:30"),
        ])
    func quiet(from: String, until: String, zone: String, at: String, opens: String) throws {
        let gate = try ReminderWorld.gate(Self.preferences(quiet: (from, until)), in: zone)
        let opening = try #require(try gate.opening(from: ReminderWorld.time(at, in: zone)))
        #expect(try gate.clock.moment(at: opening.instant).description == opens)
        let rules: [ContactRule] = at == opens ? [] : [.quietHours]
        #expect(opening.movedBy == rules)
    }

    @Test(
        "BIL-12 · three in seven days, ten in thirty, and an hour between two",
        arguments: [
            ((3, 10), ["2025-10-01T10:00", "2025-10-02T10:00"], "2025-10-03T10:00", "2025-10-03T10:00", []),
            ((3, 10), ["2025-10-01T10:00", "2025-10-02T10:00", "2025-10-03T10:00"], "2025-10-04T10:00", "2025-10-08T10:00", [.weeklyCap]),
            (
                (3, 10), ["2025-10-01T10:00", "2025-10-02T10:00", "2025-10-03T10:00"], "2025-10-04T22:00", "2025-10-08T09:00",
                [.quietHours, .weeklyCap]
            ),
            ((9, 2), ["2025-09-10T10:00", "2025-10-03T10:00"], "2025-10-04T10:00", "2025-10-10T10:00", [.monthlyCap]),
            ((3, 10), ["2025-10-01T10:00"], "2025-10-01T10:30", "2025-10-01T11:00", [.minimumInterval]),
            ((3, 10), ["2025-10-01T20:30"], "2025-10-01T20:45", "2025-10-02T09:00", [.minimumInterval, .quietHours]),
            ((3, 10), ["2025-10-01T10:00"], "2025-10-01T11:00", "2025-10-01T11:00", []),
        ] as [((Int, Int), [String], String, String, [ContactRule])])
    func caps(caps: (Int, Int), contacts: [String], at: String, opens: String, rules: [ContactRule]) throws {
        let gate = try ReminderWorld.gate(Self.preferences(caps: caps), after: contacts)
        let opening = try #require(try gate.opening(from: ReminderWorld.time(at)))
        #expect(try gate.clock.moment(at: opening.instant).description == opens)
        #expect(opening.movedBy == rules)
    }

    @Test("a cap of nought never opens")
    func never() throws {
        #expect(try ReminderWorld.gate(Self.preferences(caps: (0, 10))).opening(from: ReminderWorld.now) == nil)
        #expect(try ReminderWorld.gate(Self.preferences(caps: (3, 0))).opening(from: ReminderWorld.now) == nil)
    }

    @Test(
        "BIL-12 · who opted out is not written to; others by the first channel that they agreed to and can be reached by",
        arguments: [
            (preferences(isOptedOut: true), [.email], [.email], .refused(.optedOut)),
            (preferences(), [.sms, .whatsapp], [.email, .sms], .refused(.consentMissing)),
            (preferences(), [.email], [.sms], .refused(.addressMissing)),
            (preferences(channels: [.email, .sms]), [.sms, .email], [.email], .channel(.email)),
            (preferences(channels: [.email, .sms]), [.sms, .email], [.email, .sms], .channel(.sms)),
            (preferences(channels: []), [.email], [.email], .refused(.consentMissing)),
        ] as [(ContactTerms, [ContactChannel], Set<ContactChannel>, ContactGate.Permission)])
    func permission(preferences: ContactTerms, wanted: [ContactChannel], reachable: Set<ContactChannel>, expected: ContactGate.Permission)
        throws
    {
        #expect(try ReminderWorld.gate(preferences).permission(by: wanted, reachable: reachable) == expected)
    }

    @Test("whatever zone and time, an opening is not before what it was asked from, and quiet in no case")
    func anywhere() throws {
        for zone in ["Asia/Kolkata", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"] {
            for preferences in [Self.preferences(), Self.preferences(quiet: ("00:00", "02:30"), caps: (1, 2))] {
                let gate = try ReminderWorld.gate(preferences, in: zone, after: ["2025-03-29T10:00", "2025-10-25T10:00"])
                for hours in 0..<(366 * 6) {
                    let asked = Instant(
                        unixMicroseconds: ReminderWorld.time("2025-01-01T00:00").unixMicroseconds + Int64(hours) * 14_700_000_000)
                    let opening = try #require(try gate.opening(from: asked))
                    #expect(opening.instant >= asked, "\(zone) \(hours)")
                    #expect(!preferences.quiet.contains(try gate.clock.moment(at: opening.instant)), "\(zone) \(hours)")
                }
            }
        }
    }

    @Test(
        "of one who was two both have their quiet hours; without an hour that suits both there is none",
        arguments: [
            ("21:00", "09:00", "21:00", "09:00", "21:00", "09:00"),
            ("21:00", "09:00", "22:00", "10:00", "21:00", "10:00"),
            ("21:00", "09:00", "23:00", "05:00", "21:00", "09:00"),
            ("00:00", "00:00", "13:00", "15:00", "13:00", "15:00"),
            ("13:00", "15:00", "16:00", "17:00", "13:00", "17:00"),
            ("05:00", "05:00", "07:00", "07:00", "05:00", "05:00"),
            ("21:00", "09:00", "08:00", "20:00", "21:00", "20:00"),
            ("21:00", "09:00", "09:00", "21:00", nil, nil),
            ("21:00", "09:00", "08:00", "22:00", nil, nil),
        ] as [(String, String, String, String, String?, String?)])
    func joined(from: String, until: String, otherFrom: String, otherUntil: String, joinedFrom: String?, joinedUntil: String?) throws {
        let (one, other) = (Self.preferences(quiet: (from, until)), Self.preferences(quiet: (otherFrom, otherUntil)))
        for joined in [one.joined(other), other.joined(one)] {
            #expect(joined.isOptedOut == (joinedFrom == nil))
            guard let joinedFrom, let joinedUntil else { continue }
            let isQuietNever = joinedFrom == joinedUntil && joined.quiet.startMinute == joined.quiet.endMinute
            #expect(isQuietNever || joined.quiet == Self.preferences(quiet: (joinedFrom, joinedUntil)).quiet)
        }
    }

    @Test("whatever both want, what is free for one who was two is free for both")
    func joinedAnywhere() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let quiet = try (0..<2).map { _ in
                try #require(
                    QuietHours(startMinute: .random(in: 0..<1_440, using: &random), endMinute: .random(in: 0..<1_440, using: &random)))
            }
            let joined = quiet[0].joined(quiet[1])
            for minute in 0..<1_440 {
                let moment = try #require(CivilMoment(CivilDate(known: "2025-10-01"), hour: minute / 60, minute: minute % 60))
                let isQuiet = quiet.contains { $0.contains(moment) }
                if let joined { #expect(joined.contains(moment) || !isQuiet, "seed \(seed)") } else { #expect(isQuiet, "seed \(seed)") }
            }
        }
    }
}
