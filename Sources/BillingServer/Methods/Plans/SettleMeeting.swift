internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension PlanDesk {
    /// The subscription is held while the ordinal is drawn, so that no two meetings of a month get the same.
    func confirmAttendance(_ request: ConfirmAttendanceRequest, _ call: Call) async throws -> BillingAPI.Meeting {
        let id = try RecordID(reading: request.id, as: "id")
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            let (seller, _, found, subscription, earned) = try await transaction.batch {
                (
                    $0.optional(.seller, as: SellerRow.self), $0.optional(.holdSubscription(ofMeeting: id), as: RecordID.self),
                    $0.optional(.lockMeeting(id), as: MeetingRow.self),
                    $0.optional(.subscription(ofMeeting: id), as: SubscriptionRow.self),
                    $0.one(.earnedMeetings(besides: id), as: Int64.self)
                )
            }
            guard var row = found, let subscription else { throw BillingError.notFound(.meeting, id: request.id) }
            guard let seller else { throw BillingError.sellerMissing }
            try row.demand(etag: request.etag)
            try row.become(try row.status.afterAttendance(), at: now)
            guard row.startsAt <= now else { throw BillingError.meetingNotBegun }
            let versions: [PlanRow] = try await transaction.all(.planVersions(of: subscription.plans))
            let day = try office.zones.day(of: row.startsAt, in: seller.timeZone)
            let fee = try subscription.meetingFee(on: day, by: PlanBook(versions))
            guard request.attendedMinutes >= fee.terms.minutesMin else {
                throw BillingError.meetingTooShort(minutes: Int(fee.terms.minutesMin))
            }
            row.attendedMinutes = request.attendedMinutes
            row.ordinal = earned + 1
            row.fee = try fee.amount(dealValue: row.dealValue, ordinal: row.ordinal)
            transaction.enqueue(.updateMeeting(row))
            transaction.tell(.meetingFeeChanged(row.id))
            return row.message
        }
    }

    /// Who pays is held first, as for every bill and note: a meeting is not billed while its fee becomes void.
    func markNoShow(_ request: MarkNoShowRequest, _ call: Call) async throws -> BillingAPI.Meeting {
        let id = try RecordID(reading: request.id, as: "id")
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            let (seller, _, found, subscription) = try await transaction.batch {
                (
                    $0.optional(.seller, as: SellerRow.self), $0.optional(.lockPayer(ofMeeting: id), as: CustomerRow.self),
                    $0.optional(.lockMeeting(id), as: MeetingRow.self),
                    $0.optional(.subscription(ofMeeting: id), as: SubscriptionRow.self)
                )
            }
            guard var row = found, let subscription else { throw BillingError.notFound(.meeting, id: request.id) }
            guard let seller else { throw BillingError.sellerMissing }
            try row.demand(etag: request.etag)
            var violations = Violations()
            violations.line("reason", request.reason, longest: 500, isRequired: true)
            guard violations.isEmpty else { throw BillingError.invalid(violations.all) }
            let versions: [PlanRow] = try await transaction.all(.planVersions(of: subscription.plans))
            let day = try office.zones.day(of: row.startsAt, in: seller.timeZone)
            let terms = try subscription.plan(on: day, by: PlanBook(versions)).terms
            let next = try row.status.afterNoShow(
                billedOn: row.billed?.on, today: try office.today(seller, at: now), windowDays: terms.meeting?.refundDays ?? 0)
            if next == .credited, let billed = row.billed {
                row.creditNote = try await giveBack(billed, because: request.reason, call, transaction)
            }
            try row.become(next, at: now)
            row.voidReason = request.reason
            transaction.enqueue(.updateMeeting(row))
            transaction.tell(.meetingFeeChanged(row.id))
            return row.message
        }
    }

    /// A credit note over all that is left of one line.
    private func giveBack(
        _ billed: MeetingRow.Billed, because reason: String, _ call: Call, _ transaction: borrowing Transaction
    ) async throws -> RecordID {
        let line = NoteContentLine.with {
            $0.lineNumber = Int32(truncatingIfNeeded: billed.line)
            $0.part = .quantity(.with { $0.milli = 1_000 })
        }
        let issue = NoteIssue(
            invoice: billed.invoice, draft: try NoteDraft([line]), reason: .other, notes: reason, caller: Scope(call).caller)
        return try await Invoicing(office).perform(issue, transaction).0.id
    }
}
