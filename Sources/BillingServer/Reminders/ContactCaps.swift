/// How often somebody may be written to: in any seven days, and in any thirty.
struct ContactCaps: Hashable, Sendable {
    let perWeek: Int
    let perMonth: Int

    static let usual = ContactCaps(perWeek: 3, perMonth: 10)

    /// - Parameter sent: the days of what was sent so far, in any order; the same day as often as there were messages.
    func allows(on day: CivilDate, after sent: [CivilDate]) -> Bool {
        let today = day.daysSince1970
        return count(sent, from: today - 6, through: today) < perWeek && count(sent, from: today - 29, through: today) < perMonth
    }

    private func count(_ sent: [CivilDate], from first: Int, through last: Int) -> Int {
        sent.reduce(0) { $0 + ((first...last).contains($1.daysSince1970) ? 1 : 0) }
    }
}
