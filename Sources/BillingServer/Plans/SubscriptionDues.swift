/// What falls due of a subscription: what is owed again since its bill was cancelled, as it was; then periods in advance, usage and meetings in
/// arrears, in the order in which the bill has them.
///
/// What was cancelled owes no period that its end cuts: it ends with what is billed, or at once while nothing is.
struct SubscriptionDues: Sendable {
    /// Until when.
    struct Days: Hashable, Sendable {
        /// What begins by this day falls due in advance.
        let begun: CivilDate
        /// What ends by this day falls due in arrears; it is over, so that nothing is added to it.
        let over: CivilDate
    }

    /// One line of the bill.
    struct Line: Hashable, Sendable {
        /// A version of a plan.
        struct Plan: Hashable, Sendable {
            let id: RecordID
            let version: Int32
        }

        enum Source: Hashable, Sendable {
            case recurring(Plan)
            /// The units of the period from behind the first of these to the second.
            case usage(Plan, meter: String, from: Int64, through: Int64)
            case meeting(RecordID)
        }

        let source: Source
        let description: String
        let hsn: HSNCode
        let isInclusive: Bool
        let units: Int64
        /// In paise.
        let unitPrice: Int64
        let period: DayRange
    }

    /// Units of a period that are settled now.
    struct Counted: Hashable, Sendable {
        let total: UsageTotalRow
        let through: Int64
    }

    private(set) var lines: [Line] = []
    /// The last day that is billed then; nil while none is.
    private(set) var billedThrough: CivilDate?
    private(set) var counted: [Counted] = []
    /// What is owed again and on this bill.
    private(set) var again: [OwedLine] = []

    private let row: SubscriptionRow
    private let book: PlanBook

    /// - Parameters:
    ///   - book: the versions of all plans that it was or is of.
    ///   - owed: what cancelled bills had, and no other has yet.
    ///   - totals: usage that is on no bill yet.
    ///   - meetings: those that have earned their fees and are on no bill yet.
    /// - Throws: `notFound` for a plan that the book lacks, `planNotSold`, `amountOutOfRange`, `dateInvalid` at the end of the calendar.
    init(
        of row: SubscriptionRow, by book: PlanBook, again owed: [OwedLine] = [], _ totals: [UsageTotalRow], _ meetings: [EarnedMeeting],
        _ days: Days
    ) throws(BillingError) {
        self.row = row
        self.book = book
        billedThrough = row.billedThrough
        try add(owed)
        try addPeriods(begunBy: days.begun)
        try add(totals, endedBy: days.over)
        try add(meetings, endedBy: days.over)
        // What costs nothing needs no invoice; a meeting that does not is named beside what costs something.
        if lines.allSatisfy({ $0.unitPrice == 0 }) { lines = [] }
    }

    /// Nothing is to be written.
    var isNothing: Bool { lines.isEmpty && counted.isEmpty && billedThrough == row.billedThrough }

    private var room: Int { Limits.documentLines - lines.count }

    private mutating func addPeriods(begunBy day: CivilDate) throws(BillingError) {
        // Nothing was granted between a trial and an end without a bill in between.
        if row.endsOn != nil && billedThrough == nil { return }
        while let period = row.course.period(after: billedThrough), period.from <= day {
            if let end = row.endsOn, period.to > end { return }
            let lines = try recurring(period)
            guard lines.count <= room else { return }
            self.lines += lines
            billedThrough = period.to
        }
    }

    private mutating func add(_ owed: [OwedLine]) throws(BillingError) {
        for line in owed where room > 0 {
            let due: Line? =
                switch line.source {
                case .recurring(let plan): try recurring(try book.known(plan), line.period)
                case .usage(let plan, let meter, let from, let through):
                    try usage(of: meter, from: from, through: through, line.period, by: try book.known(plan)).first
                case .meeting: nil
                }
            guard let due, due.source == line.source else { continue }
            lines.append(due)
            again.append(line)
        }
    }

    private func recurring(_ period: DayRange) throws(BillingError) -> [Line] {
        let phase = row.course.phase(on: period.from)
        var lines: [Line] = []
        for plan in [phase.plan] + phase.addOns.map(\.plan) {
            if let line = try recurring(try book.known(plan, on: period.from), period) { lines.append(line) }
        }
        return lines
    }

    /// Nil for a plan that costs nothing.
    private func recurring(_ plan: PlanRow, _ period: DayRange) throws(BillingError) -> Line? {
        let phase = row.course.phase(on: period.from)
        let count = plan.id == phase.plan ? 1 : phase.addOns.first { $0.plan == plan.id }?.count ?? 0
        guard let price = plan.terms.prices[phase.interval] else { throw .planNotSold(phase.interval) }
        guard price > 0, count > 0 else { return nil }
        return Line(
            source: .recurring(.init(id: plan.id, version: plan.number)), description: "\(plan.name), \(period.words)",
            hsn: plan.terms.hsn, isInclusive: plan.terms.isPriceInclusive, units: Int64(count), unitPrice: price, period: period)
    }

    private mutating func add(_ totals: [UsageTotalRow], endedBy day: CivilDate) throws(BillingError) {
        for total in totals where total.units > total.billedUnits && isOver(total.through, by: day) {
            let lines = try usage(total)
            guard lines.count <= room else { return }
            self.lines += lines
            counted.append(Counted(total: total, through: total.units))
        }
    }

    private func usage(_ total: UsageTotalRow) throws(BillingError) -> [Line] {
        // What is used in the trial costs nothing, and neither does what the plan only counts.
        guard total.from >= row.course.anchoredOn, let period = DayRange(total.from, total.through) else { return [] }
        let plan = try book.known(row.course.phase(on: total.from).plan, on: total.from)
        return try usage(of: total.meter, from: total.billedUnits, through: total.units, period, by: plan)
    }

    private func usage(
        of name: String, from first: Int64, through last: Int64, _ period: DayRange, by plan: PlanRow
    ) throws(BillingError) -> [Line] {
        guard let meter = plan.terms.meter(name) else { return [] }
        var lines: [Line] = []
        var from = first
        for part in try meter.price.parts(from: from, through: last) {
            let through = try from.plus(part.units)
            if part.unitPrice > 0 {
                lines.append(
                    Line(
                        source: .usage(.init(id: plan.id, version: plan.number), meter: name, from: from, through: through),
                        description: "\(meter.name), \(period.words)", hsn: plan.terms.hsn, isInclusive: plan.terms.isPriceInclusive,
                        units: part.units, unitPrice: part.unitPrice, period: period))
            }
            from = through
        }
        return lines
    }

    private mutating func add(_ meetings: [EarnedMeeting], endedBy day: CivilDate) throws(BillingError) {
        for meeting in meetings where isOver(Month(of: meeting.row.month).last, by: day) {
            guard room > 0 else { return }
            let plan = try row.plan(on: meeting.day, by: book)
            guard let period = DayRange(meeting.day, meeting.day) else { throw .dateInvalid }
            lines.append(
                Line(
                    source: .meeting(meeting.row.id), description: "Meeting on \(meeting.day)", hsn: plan.terms.hsn,
                    isInclusive: plan.terms.isPriceInclusive, units: 1, unitPrice: meeting.row.fee, period: period))
        }
    }

    /// A subscription that has ended bills all that is left of it.
    private func isOver(_ last: CivilDate, by day: CivilDate) -> Bool { min(last, row.endsOn ?? last) <= day }
}

extension DayRange {
    /// As a line of a bill has it.
    fileprivate var words: String { "\(from) to \(to)" }
}

extension SubscriptionRow {
    /// The base plan as it is in the period, or the trial, that a day is in.
    ///
    /// - Throws: `notFound` for a plan that the book lacks.
    func plan(on day: CivilDate, by book: PlanBook) throws(BillingError) -> PlanRow {
        let first = course.period(containing: day)?.from ?? course.startedOn
        return try book.known(course.phase(on: first).plan, on: first)
    }
}

/// A meeting that is to be billed, and the day that it was on where the tenant is.
struct EarnedMeeting: Hashable, Sendable {
    let row: MeetingRow
    let day: CivilDate
}
