internal import Platform
internal import Resources

/// The clock on a wall of a time zone. Minutes only: seconds are cut off.
struct LocalClock: Sendable {
    let zone: ZoneHistory

    /// - Throws: `dateInvalid` outside the years 1 to 9999.
    func moment(at instant: Instant) throws(BillingError) -> CivilMoment {
        let seconds = instant.unixMilliseconds.quotientAndRemainder(dividingBy: 1_000)
        let floored = seconds.remainder < 0 ? seconds.quotient - 1 : seconds.quotient
        let (local, overflow) = floored.addingReportingOverflow(zone.offset(at: floored))
        guard !overflow else { throw .dateInvalid }
        let day = local.quotientAndRemainder(dividingBy: 86_400)
        let secondOfDay = day.remainder < 0 ? day.remainder + 86_400 : day.remainder
        guard let date = CivilDate(daysSince1970: Int(day.remainder < 0 ? day.quotient - 1 : day.quotient)),
            let moment = CivilMoment(date, minuteOfDay: Int(secondOfDay / 60))
        else { throw .dateInvalid }
        return moment
    }

    /// When the clock shows it: the first time where it comes twice, and the end of the gap where clocks are set forward over it.
    func instant(of moment: CivilMoment) -> Instant {
        // A year of four digits: nothing here overflows.
        let local = Int64(moment.date.daysSince1970) * 86_400 + Int64(moment.minuteOfDay) * 60
        let seconds: Int64 =
            switch zone.instants(ofLocal: local) {
            case .once(let time), .twice(let time, _), .never(then: let time): time
            }
        return Instant(unixMicroseconds: seconds * 1_000_000)
    }
}
