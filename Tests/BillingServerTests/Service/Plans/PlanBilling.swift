import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

/// How tests of meetings and bills call.
extension PlanTenant {
    var payments: PaymentServiceClient { PaymentServiceClient(channel) }
    var invoices: InvoiceServiceClient { InvoiceServiceClient(channel) }

    /// 2.5 % of the deal's value, 8.00 to 150.00; from the third meeting of a month on 10 % less. Of 10 minutes or more, given back for 7 days.
    static let fee = MeetingFee.with {
        ($0.shareRate, $0.minutesMin, $0.refundDays) = (250, 10, 7)
        ($0.floor, $0.cap, $0.defaultDealValue) = (rupees(800), rupees(15_000), rupees(100_000))
        $0.tiers = [.with { ($0.through, $0.discountRate) = (2, 0) }, .with { $0.discountRate = 1_000 }]
    }

    /// 99.00 a month, with a fee for meetings and counted storage.
    static func recovery(_ change: (inout BillingAPI.PlanTerms) -> Void = { _ in }) -> BillingAPI.PlanTerms {
        terms(9_900) {
            $0.meetingFee = fee
            $0.usageCharges = [storage]
            change(&$0)
        }
    }

    /// What the customer pays ahead.
    @discardableResult
    func pay(_ paise: Int64, from customer: String) async throws(RPCError) -> BillingAPI.Payment {
        try await payments.recordPayment(
            .with {
                $0.customerID = customer
                $0.amount = Self.rupees(paise)
                $0.tenders = [.with { ($0.method, $0.amount) = (.cash, Self.rupees(paise)) }]
            }, options(key: BillingTenant.newKey()))
    }

    /// - Parameter time: on the clocks of Kolkata, such as `2026-03-05T10:00`.
    @discardableResult
    func record(
        _ subscription: BillingAPI.Subscription, at time: String, worth value: Int64? = nil, event: String = BillingTenant.newKey(),
        key: String = BillingTenant.newKey(), _ change: (inout RecordMeetingRequest) -> Void = { _ in }
    ) async throws(RPCError) -> BillingAPI.Meeting {
        var request = RecordMeetingRequest()
        (request.subscriptionID, request.calendarEventID) = (subscription.id, event)
        (request.startTime, request.subject) = (ReminderWorld.time(time).timestamp, "lead-1")
        request.dealValue = value.map { Self.rupees($0) }
        change(&request)
        return try await plans.recordMeeting(request, options(key: key))
    }

    @discardableResult
    func confirm(
        _ meeting: BillingAPI.Meeting, minutes: Int32 = 30, etag: String = "", key: String = BillingTenant.newKey()
    ) async throws(RPCError) -> BillingAPI.Meeting {
        try await plans.confirmAttendance(
            .with { ($0.id, $0.attendedMinutes, $0.etag) = (meeting.id, minutes, etag) }, options(key: key))
    }

    @discardableResult
    func miss(
        _ meeting: BillingAPI.Meeting, because reason: String = "nobody came", etag: String = "", key: String = BillingTenant.newKey()
    ) async throws(RPCError) -> BillingAPI.Meeting {
        try await plans.markNoShow(.with { ($0.id, $0.reason, $0.etag) = (meeting.id, reason, etag) }, options(key: key))
    }

    func get(_ meeting: BillingAPI.Meeting) async throws(RPCError) -> BillingAPI.Meeting {
        try await plans.getMeeting(.with { $0.id = meeting.id }, options())
    }

    @discardableResult
    func run(
        _ month: String, dry: Bool = false, max: Int32 = 50, token: String = "", key: String = BillingTenant.newKey(),
        of customer: String = ""
    ) async throws(RPCError) -> RunBillingReply {
        try await plans.runBilling(
            .with {
                ($0.period, $0.dryRun, $0.subscriptionsMax, $0.pageToken, $0.customerID) = (month, dry, max, token, customer)
            }, options(key: key))
    }

    func invoice(_ id: String) async throws(RPCError) -> Invoice { try await invoices.getInvoice(.with { $0.id = id }, options()) }

    /// What must not change where nothing is kept: rows, versions and how far each series is.
    func traces() async throws -> Int {
        try await tenant.count(
            """
            SELECT ((SELECT count(*) + coalesce(sum(version), 0) FROM invoice WHERE tenant_id = current_tenant())
                + (SELECT count(*) FROM bill_line WHERE tenant_id = current_tenant())
                + (SELECT count(*) FROM ledger_journal WHERE tenant_id = current_tenant())
                + (SELECT coalesce(sum(version), 0) FROM subscription WHERE tenant_id = current_tenant())
                + (SELECT coalesce(sum(version), 0) FROM meeting WHERE tenant_id = current_tenant())
                + (SELECT coalesce(sum(billed_units), 0) FROM usage_total WHERE tenant_id = current_tenant())
                + (SELECT count(*) FROM payment_allocation WHERE tenant_id = current_tenant())
                + (SELECT count(*) FROM outbox WHERE tenant_id = current_tenant())
                + (SELECT coalesce(sum(last_sequence), 0) FROM document_series WHERE tenant_id = current_tenant()))::bigint
            """)
    }

    /// The ledger is in balance, what is owed is what invoices say, and no number is missing.
    func demandOrder(_ comment: Comment = "", sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let wrong: [BalanceRow] = try await tenant.world.connections.batch(tenant.scope) { $0.all(.wrongBalances) }
        #expect(wrong.isEmpty, comment, sourceLocation: sourceLocation)
        let apart = try await tenant.count(
            """
            SELECT ((SELECT coalesce(sum(debit - credit), 0) FROM ledger_balance WHERE tenant_id = current_tenant() AND account = 1100)
                - (SELECT coalesce(sum(payable - paid - credited) FILTER (WHERE status IN ('issued', 'partial')), 0)
                    FROM invoice WHERE tenant_id = current_tenant()))::bigint
            """)
        #expect(apart == 0, comment, sourceLocation: sourceLocation)
        let gaps = try await tenant.count(
            """
            SELECT count(*) FROM document_series AS series WHERE tenant_id = current_tenant() AND prefix = 'INV' AND last_sequence <> (
                SELECT count(DISTINCT sequence) FROM invoice
                WHERE tenant_id = current_tenant() AND invoice.series = 'INV' AND invoice.start_year = series.start_year
            )
            """)
        #expect(gaps == 0, comment, sourceLocation: sourceLocation)
    }
}
