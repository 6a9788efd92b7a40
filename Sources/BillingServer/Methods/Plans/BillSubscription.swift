internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

/// Who bills when, and until which days.
struct BillingOccasion: Sendable {
    let call: Call
    let now: Instant
    let today: CivilDate
    let timeZone: String
    let days: SubscriptionDues.Days
}

extension PlanDesk {
    /// Bills what falls due of a subscription, in a transaction that holds it and, before it, who pays. Nothing is left to be sent when it
    /// returns, so that it can be undone by itself.
    ///
    /// - Parameters:
    ///   - row: as it is held; then as it was written.
    ///   - payer: the subscription's customer, or the one that it was merged into.
    /// - Returns: nil when there is nothing to pay; what costs nothing is settled then, too.
    /// - Throws: what issuing an invoice throws; for the first bill `paidAheadTooLittle` when it is not covered by what was paid ahead, and
    ///   `creditLimitExceeded` for credit that nobody has approved.
    func bill(
        _ row: inout SubscriptionRow, payer: CustomerRow, _ occasion: BillingOccasion, _ transaction: borrowing Transaction
    ) async throws -> Bill? {
        let dues = try await dues(of: row, occasion, transaction)
        guard !dues.isNothing else { return nil }
        let isFirst = row.billedThrough == nil
        row.billedThrough = dues.billedThrough
        row.refusedOn = nil
        row.touch(at: occasion.now)
        var bill: Bill?
        if !dues.lines.isEmpty {
            // Nobody gets a plan for nothing: who has no limit was not granted one, and may owe nothing.
            if isFirst, row.funding == .credit, payer.creditLimit.amount == nil {
                throw BillingError.creditLimitExceeded
            }
            bill = try await issue(dues.lines, of: row, to: payer, isFirst: isFirst, occasion, transaction)
        }
        if !dues.again.isEmpty { transaction.enqueue(.billAgain(dues.again)) }
        for counted in dues.counted { transaction.enqueue(.billUsage(counted.total, through: counted.through)) }
        try await transaction.execute(.updateSubscription(row))
        return bill
    }

    private func dues(
        of row: SubscriptionRow, _ occasion: BillingOccasion, _ transaction: borrowing Transaction
    ) async throws -> SubscriptionDues {
        let days = occasion.days
        // What has ended has no period that is still to end.
        let ended = row.endsOn.map { $0 <= days.over } ?? false
        let last = ended ? CivilDate(year: 9_999, month: 12, day: 31) ?? days.over : days.over
        let (versions, owed, totals, meetings) = try await transaction.batch {
            (
                $0.all(.planVersions(of: row.plans), as: PlanRow.self),
                $0.all(.owedLines(of: row.id, days, limit: Limits.documentLines), as: OwedLine.self),
                $0.all(.lockUnbilledUsage(of: row.id, endedBy: last), as: UsageTotalRow.self),
                $0.all(
                    .lockEarnedMeetings(of: row.id, monthsBegunBy: days.over, limit: Limits.documentLines), as: MeetingRow.self)
            )
        }
        var earned: [EarnedMeeting] = []
        for meeting in meetings {
            earned.append(EarnedMeeting(row: meeting, day: try office.zones.day(of: meeting.startsAt, in: occasion.timeZone)))
        }
        return try SubscriptionDues(of: row, by: PlanBook(versions), again: owed, totals, earned, days)
    }

    private func issue(
        _ lines: [SubscriptionDues.Line], of row: SubscriptionRow, to payer: CustomerRow, isFirst: Bool, _ occasion: BillingOccasion,
        _ transaction: borrowing Transaction
    ) async throws -> Bill {
        let content = InvoiceContent.with {
            $0.customerID = payer.id.description
            $0.allowUnlisted = true
            $0.lines = lines.map(\.content)
        }
        let issue = InvoiceIssue(.content(try InvoiceDraft(content)), series: DocumentSeriesName.invoice, occasion.call)
        let invoice = try await Invoicing(office).perform(issue, transaction)
        guard let id = RecordID(invoice.id) else { throw BillingError.notFound(.invoice, id: invoice.id) }
        transaction.enqueue(.insertBillLines(lines, of: row.id, on: id))
        let meetings = lines.enumerated().compactMap { index, line -> (meeting: RecordID, line: Int)? in
            if case .meeting(let id) = line.source { (id, index + 1) } else { nil }
        }
        if !meetings.isEmpty { transaction.enqueue(.billMeetings(meetings, on: id, occasion.today, at: occasion.now)) }
        for meeting in meetings { transaction.tell(.meetingFeeChanged(meeting.meeting)) }
        transaction.tell(.subscriptionBilled(row.id, on: id))

        let payable = invoice.totals?.payable ?? 0
        var paid: Int64 = 0
        if row.funding == .advance, payable > 0 {
            paid = try await Payments(office).payFromAdvances(
                id, of: payer.id, Occasion(now: occasion.now, today: occasion.today, caller: issue.caller), transaction)
            if isFirst, paid < payable { throw BillingError.paidAheadTooLittle }
        }
        return .with {
            $0.subscriptionID = row.id.description
            $0.customerID = payer.id.description
            $0.invoiceID = invoice.id
            $0.invoiceNumber = invoice.number
            $0.lines = lines.enumerated().map { index, line in line.message(number: index + 1) }
            $0.total = BillingAPI.Money(payable, .inr)
            $0.paid = BillingAPI.Money(paid, .inr)
        }
    }
}

extension SubscriptionDues.Line {
    /// As an invoice has it. More units than a line takes are one of all of them.
    fileprivate var content: InvoiceContentLine {
        .with {
            let (milli, overflow) = units.multipliedReportingOverflow(by: 1_000)
            let fits = !overflow && milli <= Limits.lineQuantityMilli
            $0.description = fits ? description : "\(description): \(units) at \(unitPrice) paise"
            $0.hsn = hsn.description
            $0.quantity = .with { $0.milli = fits ? milli : 1_000 }
            // What does not fit into 64 bits was refused when the dues were added up.
            $0.unitPrice = BillingAPI.Money(fits ? unitPrice : unitPrice.multipliedReportingOverflow(by: units).partialValue, .inr)
            $0.isPriceInclusive = isInclusive
        }
    }

    fileprivate func message(number: Int) -> BillLine {
        .with {
            $0.description = description
            $0.lineNumber = Int32(truncatingIfNeeded: number)
            $0.units = units
            $0.unitPrice = BillingAPI.Money(unitPrice, .inr)
            $0.periodFrom = period.from.description
            $0.periodThrough = period.to.description
            switch source {
            case .recurring(let plan):
                ($0.kind, $0.planID, $0.planVersion) = (.recurring, plan.id.description, plan.version)
            case .usage(let plan, let meter, _, _):
                ($0.kind, $0.planID, $0.planVersion, $0.meter) = (.usage, plan.id.description, plan.version, meter)
            case .meeting(let id):
                ($0.kind, $0.meetingID) = (.meeting, id.description)
            }
        }
    }
}
