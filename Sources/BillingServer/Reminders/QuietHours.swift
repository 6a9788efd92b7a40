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

    func contains(_ moment: CivilMoment) -> Bool {
        startMinute <= endMinute
            ? (startMinute..<endMinute).contains(moment.minuteOfDay)
            : moment.minuteOfDay >= startMinute || moment.minuteOfDay < endMinute
    }

    /// The moment itself, or the first after the quiet hours that it lies in. Nil after the year 9999.
    func next(from moment: CivilMoment) -> CivilMoment? {
        guard contains(moment) else { return moment }
        let minutes = endMinute - moment.minuteOfDay
        return moment.adding(minutes: minutes > 0 ? minutes : minutes + CivilMoment.minutesPerDay)
    }
}
