/// The minutes of each day in which nobody is written to, such as 21:00 to 09:00.
struct QuietHours: Hashable, Sendable {
    /// The first quiet minute, and the first after them; across midnight when the second is the smaller. Equal: none are quiet.
    let startMinute: Int
    let endMinute: Int

    /// 21:00 to 09:00.
    static let usual = QuietHours(known: 21 * 60, 9 * 60)

    private init(known startMinute: Int, _ endMinute: Int) { (self.startMinute, self.endMinute) = (startMinute, endMinute) }

    /// Nil unless both are minutes of a day.
    init?(startMinute: Int, endMinute: Int) {
        guard (0..<CivilMoment.minutesPerDay).contains(startMinute), (0..<CivilMoment.minutesPerDay).contains(endMinute) else { return nil }
        self.startMinute = startMinute
        self.endMinute = endMinute
    }

    func contains(_ moment: CivilMoment) -> Bool { contains(minute: moment.minuteOfDay) }

    private func contains(minute: Int) -> Bool {
        startMinute <= endMinute ? (startMinute..<endMinute).contains(minute) : minute >= startMinute || minute < endMinute
    }

    /// Quiet whenever either is: where that leaves two stretches of a day, the longer one stays free. Nil when it leaves none.
    func joined(_ other: QuietHours) -> QuietHours? {
        let stretches = [self, other].compactMap { quiet -> (from: Int, minutes: Int)? in
            guard !contains(minute: quiet.endMinute), !other.contains(minute: quiet.endMinute) else { return nil }
            return (quiet.endMinute, min(minutesFree(from: quiet.endMinute), other.minutesFree(from: quiet.endMinute)))
        }
        guard let longest = stretches.max(by: { $0.minutes < $1.minutes }) else { return nil }
        return QuietHours(known: (longest.from + longest.minutes) % CivilMoment.minutesPerDay, longest.from)
    }

    /// From a minute that is not quiet.
    private func minutesFree(from minute: Int) -> Int {
        guard startMinute != endMinute else { return CivilMoment.minutesPerDay }
        return (startMinute - minute + CivilMoment.minutesPerDay) % CivilMoment.minutesPerDay
    }

    /// The moment itself, or the first after the quiet hours that it lies in. Nil after the year 9999.
    func next(from moment: CivilMoment) -> CivilMoment? {
        guard contains(moment) else { return moment }
        let minutes = endMinute - moment.minuteOfDay
        return moment.adding(minutes: minutes > 0 ? minutes : minutes + CivilMoment.minutesPerDay)
    }
}
