internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Reminders {
    func createOverdueReminders(_ request: CreateOverdueRemindersRequest, _ call: Call) async throws -> CreateOverdueRemindersReply {
        let key = try IdempotencyKey(call)
        let now = office.clock.now()
        try Self.check(text: request.text, .paymentOverdue, hasInvoice: true)
        let channels = request.channels.isEmpty ? [.email, .whatsapp] : request.channels.compactMap(ContactChannel.init)
        let limit = request.limit == 0 ? Limits.overdueReminders : Int(request.limit)
        return try await office.database.once(key, request: request, call) { transaction in
            transaction.enqueue(.holdOverdueReminders)
            let seller: SellerRow? = try await transaction.optional(.seller)
            let timing = try evening(after: now, in: seller?.timeZone ?? SellerDraft.usualTimeZone)
            let clock = timing.plan.clock
            guard let day = try clock.moment(at: now).date.adding(days: -max(1, Int(request.daysOverdueMin))) else {
                throw BillingError.dateInvalid
            }
            let found: [OverdueInvoice] = try await transaction.all(.overdueInvoices(dueUntil: day, limit: limit + 1))
            var reply = CreateOverdueRemindersReply()
            reply.hasMore = found.count > limit
            for invoice in found.prefix(limit) {
                let row = ReminderRow(
                    office.clock.newID(), for: invoice.customerID, invoice.id, .paymentOverdue, text: request.text, channels, timing,
                    occurrence: office.clock.newID(), at: now)
                transaction.enqueue(.insertReminder(row))
                transaction.enqueue(.insertOccurrence(row.occurrence))
                transaction.enqueue(ReminderJobs.sending(row))
                reply.reminderIDs.append(row.id.description)
            }
            if !reply.reminderIDs.isEmpty { reply.dueAt = timing.plan.firstInstant.timestamp }
            return reply
        }
    }

    /// 18:00 of today, or of tomorrow when that has passed: at home, and before the quiet hours.
    private func evening(after now: Instant, in timeZone: String) throws(BillingError) -> ReminderTiming {
        let clock = LocalClock(zone: try office.zones.zone(timeZone))
        let today = try clock.moment(at: now).date
        for days in 0...1 {
            guard let day = today.adding(days: days), let moment = CivilMoment(day, hour: 18) else { break }
            let plan = ReminderPlan(clock: clock, first: moment, recurrence: nil)
            if plan.firstInstant > now { return ReminderTiming(timeZone: timeZone, plan: plan) }
        }
        throw .dateInvalid
    }

    func suggestReminders(_ request: SuggestRemindersRequest, _ call: Call) async throws -> SuggestRemindersReply {
        let now = office.clock.now()
        let limit = request.limit == 0 ? 20 : Int(request.limit)
        let seller: SellerRow? = try await office.database.batch(call) { $0.optional(.seller) }
        let timeZone = seller?.timeZone ?? SellerDraft.usualTimeZone
        let clock = LocalClock(zone: try office.zones.zone(timeZone))
        let today = try clock.moment(at: now).date
        guard let last = today.adding(days: ReminderAdvice.horizonDays) else { throw BillingError.dateInvalid }
        let found: [DueInvoice] = try await office.database.batch(call) {
            $0.all(.dueInvoices(from: today, through: last, timeZone: timeZone, limit: limit))
        }
        let gate = ContactGate(preferences: .usual, clock: clock, contacts: [])
        var reply = SuggestRemindersReply()
        for invoice in found {
            let advice = ReminderAdvice(averageDaysToPay: invoice.averageDays)
            let wise = advice.moment(dueOn: invoice.dueOn).map(clock.instant) ?? now
            let opening = try gate.opening(from: max(now, wise))
            reply.suggestions.append(
                .with {
                    $0.invoiceID = invoice.id.description
                    $0.invoiceNumber = invoice.number
                    $0.customerID = invoice.customerID.description
                    $0.dueOn = invoice.dueOn.description
                    $0.openAmount = .with { ($0.currencyCode, $0.minorUnits) = (invoice.open.currency.code, invoice.open.minorUnits) }
                    $0.averageDaysToPay = invoice.averageDays.map { Int32(clamping: $0) }
                    $0.leadHours = Int32(clamping: advice.leadHours)
                    $0.remindAt = opening?.instant.timestamp
                })
        }
        return reply
    }
}
