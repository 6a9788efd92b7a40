import Testing

@testable import BillingServer

struct AgingBucketTests {
    @Test(
        "each number of days is in one bucket",
        arguments: [
            (Int.min, .notDue), (-1, .notDue), (0, .days0to30), (30, .days0to30), (31, .days31to60), (60, .days31to60), (61, .days61to90),
            (90, .days61to90), (91, .days91andMore), (.max, .days91andMore),
        ] as [(Int, AgingBucket)])
    func buckets(days: Int, bucket: AgingBucket) {
        #expect(AgingBucket(daysLate: days) == bucket)
        // As width_bucket counts, which is how the database puts them.
        #expect(AgingBucket.firstDays.filter { Int($0) <= days }.count == bucket.rawValue)
    }

    @Test("buckets add up, and what does not fit is an error")
    func sums() throws {
        var aging = Aging(in: .inr)
        try aging.add(5, .notDue)
        try aging.add(7, .notDue)
        try aging.add(.max, .days91andMore)
        #expect((aging[.notDue], aging[.days0to30]) == (12, 0))
        #expect(throws: BillingError.amountOutOfRange) { try aging.total() }
        #expect(throws: BillingError.amountOutOfRange) { try aging.add(1, .days91andMore) }
        try aging.add(-12, .days91andMore)
        #expect(try aging.total() == .max)
    }

    @Test(
        "the average of days to pay is to the nearest hundredth, and nothing without an invoice",
        arguments: [
            (0, 0, 0, 0, 0), (3, 10, -10, 333, -333), (3, 20, -20, 667, -667), (8, 1, -1, 13, -13), (1, 366, -5, 36_600, -500),
        ] as [(Int64, Int64, Int64, Int64, Int64)])
    func daysToPay(count: Int64, days: Int64, late: Int64, average: Int64, averageLate: Int64) throws {
        let averages = try DaysToPay(invoiceCount: count, days: days, lateDays: late).averages()
        #expect((averages.centidays, averages.lateCentidays) == (average, averageLate))
    }
}
