/// On which day's law a supply is taxed when rates change around it (CGST Act, 2017, section 14).
enum TimeOfSupply {
    /// Of the three events, the two on one side of a change decide; so the middle one of the three lies on the deciding side of any
    /// change. With no payment yet, that is the later one of supply and invoice.
    static func date(supplied: CivilDate, invoiced: CivilDate, paid: CivilDate?) -> CivilDate {
        let later = max(supplied, invoiced)
        guard let paid else { return later }
        return max(min(supplied, invoiced), min(later, paid))
    }
}
