import TestSupport
import Testing

@testable import BillingServer

@Suite("What a subscription is")
struct SubscriptionStatusTests {
    private func status(
        on today: String, ends: String? = nil, trial: String? = nil, billed: String? = "2026-11-30", due: String? = nil,
        refused: String? = nil
    ) -> SubscriptionStatus {
        func day(_ text: String?) -> CivilDate? { text.map { CivilDate(known: $0) } }
        return SubscriptionStatus(
            .init(endsOn: day(ends), trialThrough: day(trial), billedThrough: day(billed), oldestDue: day(due), refusedOn: day(refused)),
            on: CivilDate(known: today))
    }

    @Test("A subscription is active while what is due is paid, past due for 14 days, and suspended then")
    func dues() {
        #expect(status(on: "2026-11-20") == .active)
        #expect(status(on: "2026-11-20", due: "2026-11-20") == .active)
        #expect(status(on: "2026-11-21", due: "2026-11-20") == .pastDue)
        #expect(status(on: "2026-12-04", due: "2026-11-20") == .pastDue)
        #expect(status(on: "2026-12-05", due: "2026-11-20") == .suspended)
        #expect(status(on: "9999-12-31", due: "9999-12-30") == .pastDue)
    }

    @Test("What cannot be billed within the credit limit is as what is billed and not paid")
    func refusals() {
        #expect(status(on: "2026-12-01", refused: "2026-12-01") == .active)
        #expect(status(on: "2026-12-15", refused: "2026-12-01") == .pastDue)
        #expect(status(on: "2026-12-16", refused: "2026-12-01") == .suspended)
        #expect(status(on: "2026-12-05", due: "2026-11-20", refused: "2026-12-01") == .suspended)
    }

    @Test("A trial grants until its last day; behind it nothing is granted that nobody has billed")
    func trials() {
        #expect(status(on: "2026-11-20", trial: "2026-11-20", billed: nil) == .trialing)
        #expect(status(on: "2026-11-21", trial: "2026-11-20", billed: nil) == .suspended)
        #expect(status(on: "2026-11-20", billed: nil) == .suspended)
        // A renewal that comes late is not the customer's fault.
        #expect(status(on: "2027-03-01") == .active)
    }

    @Test("It is cancelled when its last day is over, whatever it owes")
    func ends() {
        #expect(status(on: "2026-11-30", ends: "2026-11-30") == .active)
        #expect(status(on: "2026-12-01", ends: "2026-11-30", due: "2026-11-01") == .cancelled)
        #expect(status(on: "2026-11-05", ends: "2026-11-04", trial: "2026-11-10", billed: nil) == .cancelled)
    }

    @Test("Who is past due keeps what the plan grants, who is suspended does not")
    func grants() {
        #expect(SubscriptionStatus.allCases.filter(\.grantsEntitlements) == [.trialing, .active, .pastDue])
    }
}
