internal import Resources

extension Instant {
    /// `YYYY-MM-DDThh:mm:ssZ`, as what is said to callers names a moment. Parts of a second are cut off.
    var utcText: String {
        let seconds = unixMicroseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let whole = seconds.remainder < 0 ? seconds.quotient - 1 : seconds.quotient
        // All times that come from outside are of these years.
        guard let day = CivilDate(unixSeconds: whole, utcOffsetSeconds: 0) else { return "a time outside the years 1 to 9999" }
        let second = Int(whole - Int64(day.daysSince1970) * 86_400)
        let (hours, minutes) = (CivilDate.twoDigits(second / 3_600), CivilDate.twoDigits(second / 60 % 60))
        return "\(day)T\(hours):\(minutes):\(CivilDate.twoDigits(second % 60))Z"
    }
}
