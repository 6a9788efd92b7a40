internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Reminders {
    func parseSchedule(_ request: ParseScheduleRequest, _ call: Call) async throws -> ParseScheduleReply {
        var timeZone = request.timeZone
        if timeZone.isEmpty {
            let seller: SellerRow? = try await office.database.batch(call) { $0.optional(.seller) }
            timeZone = seller?.timeZone ?? SellerDraft.usualTimeZone
        }
        var violations = Violations()
        var now: Instant? = office.clock.now()
        if let said = request.now {
            now = Instant(said)
            if now == nil { violations.add("now", Instant.flaw) }
        }
        let zone = violations.reading("time_zone") { () throws(BillingError) in try office.zones.zone(named: timeZone) }
        guard let now, let zone else { throw BillingError.invalid(violations.all) }
        let clock = LocalClock(zone: zone)
        guard
            let schedule = violations.reading("text", { () throws(BillingError) in try Schedule(request.text, now: clock.moment(at: now)) })
        else { throw BillingError.invalid(violations.all) }
        let plan = ReminderPlan(clock: clock, first: schedule.first, recurrence: schedule.recurrence)
        var reply = ParseScheduleReply()
        reply.at = plan.firstInstant.timestamp
        reply.localTime = schedule.first.description
        reply.timeZone = timeZone
        reply.recurrence = schedule.recurrence?.interval.message
        var last = plan.firstInstant
        while reply.next.count < 3, let next = try plan.next(after: last) {
            reply.next.append(next.timestamp)
            last = next
        }
        return reply
    }
}
