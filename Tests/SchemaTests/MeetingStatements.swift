import Resources

@testable import BillingServer
@testable import Postgres

/// The named statements of meetings and bills, for ``StatementTests``.
enum MeetingStatements {
    static let all: [CheckedStatement] = {
        let (id, now) = (RecordID(1), Instant(unixMicroseconds: 0))
        guard let day = CivilDate("2025-10-01"), let period = DayRange(day, day), let hsn = try? HSNCode("998314") else { return [] }
        let row = MeetingRow(
            id: id, subscription: id, calendarEventID: "event-1", startsAt: now, month: day, subject: "", dealValue: 1, fee: 1,
            createdAt: now, updatedAt: now)
        return meetings(row, day, now) + bills(id, period, hsn)
    }()

    private static func meetings(_ row: MeetingRow, _ day: CivilDate, _ now: Instant) -> [CheckedStatement] {
        let id = row.id
        let words = ["fee_status": "pending"]
        return [
            CheckedStatement("meeting", .meeting(id), MeetingRow.self, words: words),
            CheckedStatement("lockMeeting", .lockMeeting(id), MeetingRow.self, words: words),
            CheckedStatement("holdSubscription", .holdSubscription(ofMeeting: id), RecordID.self),
            CheckedStatement("subscription", .subscription(ofMeeting: id), SubscriptionRow.self, words: PlanStatements.words),
            CheckedStatement("lockPayer", .lockPayer(ofMeeting: id), CustomerRow.self, words: ["kind": "unregistered", "gstin": ""]),
            CheckedStatement("earnedMeetings", .earnedMeetings(of: id, in: day), Int64.self),
            CheckedStatement("earnedMeetings", .earnedMeetings(besides: id), Int64.self),
            CheckedStatement(
                "lockEarnedMeetings", .lockEarnedMeetings(of: id, monthsBegunBy: day, limit: 1), MeetingRow.self, words: words),
            CheckedStatement("newestMeetings", .newestMeetings(of: id, .earned, before: id, limit: 1), MeetingRow.self, words: words),
            CheckedStatement("newestMeetings", .newestMeetings(of: nil, nil, before: nil, limit: 1), MeetingRow.self, words: words),
            CheckedStatement("accruedFees", .accruedFees(of: id, after: id, limit: 1), AccruedRow.self),
            CheckedStatement("accruedFees", .accruedFees(of: nil, after: nil, limit: 1), AccruedRow.self),
            CheckedStatement("insertMeeting", .insertMeeting(row)), CheckedStatement("updateMeeting", .updateMeeting(row)),
            CheckedStatement("billMeetings", .billMeetings([(id, 1)], on: id, day, at: now)),
        ]
    }

    private static func bills(_ id: RecordID, _ period: DayRange, _ hsn: HSNCode) -> [CheckedStatement] {
        let line = SubscriptionDues.Line(
            source: .meeting(id), description: "Meeting", hsn: hsn, isInclusive: false, units: 1, unitPrice: 1, period: period)
        let days = SubscriptionDues.Days(begun: period.from, over: period.to)
        return [
            CheckedStatement("dueSubscriptions", .dueSubscriptions(days, of: id, after: id, limit: 1), RecordID.self),
            CheckedStatement("dueSubscriptions", .dueSubscriptions(days, of: nil, after: nil, limit: 1), RecordID.self),
            CheckedStatement(
                "lockPayers", .lockPayers(ofSubscriptions: [id]), CustomerRow.self, words: ["kind": "unregistered", "gstin": ""]),
            CheckedStatement("payers", .payers(of: [id]), MergedCustomer.self),
            CheckedStatement("insertBillLines", .insertBillLines([line], of: id, on: id)),
            CheckedStatement(
                "fallsDueAgain", "SELECT \(SQL.fallsDueAgain(days)) AS is_due FROM bill_line CROSS JOIN subscription"),
            CheckedStatement("owedLines", .owedLines(of: id, days, limit: 1), OwedLine.self),
            CheckedStatement(
                "billAgain",
                .billAgain([OwedLine(invoice: id, number: 1, source: .recurring(.init(id: id, version: 1)), period: period)])),
            CheckedStatement("releaseBill", .releaseBill(id, at: Instant(unixMicroseconds: 0))),
            CheckedStatement("lockMeetings", .lockMeetings(billedOn: id), RecordID.self),
            CheckedStatement("unbillMeetings", .unbillMeetings([id], at: Instant(unixMicroseconds: 0))),
        ]
    }
}
