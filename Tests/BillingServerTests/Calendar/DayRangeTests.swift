import Testing

@testable import BillingServer

struct DayRangeTests {
    @Test(
        "a range of days is at most as long as allowed, both ends within, and does not end before it begins",
        arguments: [
            ("2024-01-01", "2024-12-31", nil), ("2025-04-01", "2026-03-31", nil), ("2025-01-01", "2025-01-01", nil),
            ("2025-01-01", "2026-01-01", nil), ("2025-01-01", "2026-01-02", .dateRangeTooWide(days: 366)),
            ("0001-01-01", "9999-12-31", .dateRangeTooWide(days: 366)),
            ("2025-01-02", "2025-01-01", .invalid("to", "It is before the first day.")),
            ("2025-02-29", "2025-03-01", .invalid("from", "\(BillingError.dateInvalid)")),
        ] as [(String, String, BillingError?)])
    func range(from: String, to: String, refused: BillingError?) {
        var error: BillingError?
        do throws(BillingError) { _ = try DayRange(from: from, to: to, atMost: 366) } catch let caught { error = caught }
        #expect(error == refused)
    }
}
