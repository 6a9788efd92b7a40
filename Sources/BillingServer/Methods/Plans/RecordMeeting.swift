internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension PlanDesk {
    func recordMeeting(_ request: RecordMeetingRequest, _ call: Call) async throws -> BillingAPI.Meeting {
        let draft = try MeetingDraft(request)
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            let (seller, found) = try await transaction.batch {
                ($0.optional(.seller, as: SellerRow.self), $0.optional(.subscription(draft.subscription), as: SubscriptionRow.self))
            }
            guard let found else { throw BillingError.notFound(.subscription, id: request.subscriptionID) }
            guard let seller else { throw BillingError.sellerMissing }
            let day = try office.zones.day(of: draft.startsAt, in: seller.timeZone)
            let month = Month(of: day).first
            let (versions, earned) = try await transaction.batch {
                (
                    $0.all(.planVersions(of: found.plans), as: PlanRow.self),
                    $0.one(.earnedMeetings(of: found.id, in: month), as: Int64.self)
                )
            }
            let fee = try found.meetingFee(on: day, by: PlanBook(versions))
            let value = draft.dealValue ?? fee.terms.defaultDealValue
            let row = MeetingRow(
                id: office.clock.newID(), subscription: found.id, calendarEventID: draft.calendarEventID, startsAt: draft.startsAt,
                month: month, subject: draft.subject, dealValue: value, fee: try fee.amount(dealValue: value, ordinal: earned + 1),
                createdAt: now, updatedAt: now)
            transaction.enqueue(.insertMeeting(row))
            transaction.tell(.meetingFeeChanged(row.id))
            return row.message
        }
    }
}

/// A meeting as it was booked, checked as far as that goes without its subscription.
private struct MeetingDraft: Sendable {
    let subscription: RecordID
    let calendarEventID: String
    let startsAt: Instant
    let subject: String
    /// In paise; nil for what the plan says.
    let dealValue: Int64?

    /// - Throws: `invalid` with every violation, `currencyUnknown`, `currencyMismatch`.
    init(_ message: RecordMeetingRequest) throws(BillingError) {
        var violations = Violations()
        let id = RecordID(message.subscriptionID)
        if id == nil { violations.add("subscription_id", RecordID.flaw) }
        violations.line("calendar_event_id", message.calendarEventID, longest: 255, isRequired: true)
        violations.line("subject", message.subject, longest: 255)
        let time = message.startTime.flatMap { Instant($0) }
        if time == nil { violations.add("start_time", Instant.flaw) }
        dealValue = try message.dealValue?.paise()
        if let dealValue, !(0...Limits.amount).contains(dealValue) {
            violations.add("deal_value.minor_units", "It is 0 to \(Limits.amount).")
        }
        guard let id, let time, violations.isEmpty else { throw .invalid(violations.all) }
        subscription = id
        startsAt = time
        calendarEventID = message.calendarEventID
        subject = message.subject
    }
}

/// What meetings of a day cost.
struct DayFee: Sendable {
    let terms: Terms.Meeting
    /// In the trial nothing costs anything.
    let isFree: Bool

    /// - Throws: `amountNotPositive`, `amountOutOfRange`.
    func amount(dealValue: Int64, ordinal: Int64) throws(BillingError) -> Int64 {
        isFree ? 0 : try terms.fee.fee(dealValue: dealValue, ordinal: ordinal)
    }
}

extension SubscriptionRow {
    /// - Throws: `meetingOutsideSubscription` before its first day or behind its last, `meetingsNotSold`, `notFound` for a plan that the
    ///   book lacks.
    func meetingFee(on day: CivilDate, by book: PlanBook) throws(BillingError) -> DayFee {
        guard day >= course.startedOn, endsOn.map({ day <= $0 }) ?? true else { throw .meetingOutsideSubscription }
        guard let terms = try plan(on: day, by: book).terms.meeting else { throw .meetingsNotSold }
        return DayFee(terms: terms, isFree: day < course.anchoredOn)
    }
}
