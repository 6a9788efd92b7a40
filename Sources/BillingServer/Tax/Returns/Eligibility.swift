/// What the law demands of a document beside its taxes. Amounts are paise.
enum Eligibility {
    /// Above five crore rupees of turnover (Notification 10/2023-Central Tax), for what goes to registered buyers.
    static func needsEInvoice(turnover: Int64, buyerIsRegistered: Bool) -> Bool { buyerIsRegistered && turnover > fiveCrore }

    /// Above fifty thousand rupees (rule 138 of the CGST Rules, 2017).
    static func needsEWayBill(consignment: Int64) -> Bool { consignment > 50_000_00 }

    /// A day for every 200 kilometres or part of them (rule 138(10)); one at least.
    static func eWayBillDays(kilometres: Int32) -> Int32 { max(1, (max(0, kilometres) + 199) / 200) }

    /// Four digits up to five crore rupees of turnover, six above (Notification 78/2020-Central Tax).
    static func hsnDigits(turnover: Int64) -> Int32 { turnover > fiveCrore ? 6 : 4 }

    private static let fiveCrore: Int64 = 5_00_00_000_00
}
