/// A time as a mail's header has it (RFC 5322 section 3.3), in UTC: `Sun, 22 Nov 2026 10:41:26 +0000`.
enum MailDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// - Parameter unixSeconds: from 1970 to 9999; others are taken for the nearest of these.
    static func text(_ unixSeconds: Int64) -> String {
        let time = min(max(0, unixSeconds), 253_402_300_799)
        let days = Int(time / 86_400)
        let seconds = Int(time % 86_400)
        let (year, month, day) = civil(days)
        let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return "\(weekdays[days % 7]), \(day) \(months[month - 1]) \(year) \(clock) +0000"
    }

    /// Days since 1970 as year, month and day: years that begin in March have the leap day at their end, and eras of 400 are all alike.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
