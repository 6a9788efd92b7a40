internal import Synchronization

/// The rates of a subject, or of all subjects of a kind that have none of their own, one for each class. They change while calls read them:
/// a call that sees the interval of one rate and the burst of the next is judged by both once, which does no harm.
final class QuotaRates: Sendable {
    private let intervals: InlineArray<8, Atomic<UInt64>>
    private let bursts: InlineArray<8, Atomic<UInt64>>
    /// Units that were asked for since somebody looked.
    private let wanted: InlineArray<8, Atomic<UInt64>>

    init(_ rate: (QuotaClass) -> CellRate) {
        intervals = InlineArray { _ in Atomic(1) }
        bursts = InlineArray { _ in Atomic(0) }
        wanted = InlineArray { _ in Atomic(0) }
        for `class` in QuotaClass.allCases { self[`class`] = rate(`class`) }
    }

    subscript(_ class: QuotaClass) -> CellRate {
        @inline(__always) get {
            CellRate(
                unchecked: intervals[`class`.rawValue].load(ordering: .relaxed), burst: bursts[`class`.rawValue].load(ordering: .relaxed))
        }
        set {
            intervals[`class`.rawValue].store(newValue.interval, ordering: .relaxed)
            bursts[`class`.rawValue].store(newValue.burst, ordering: .relaxed)
        }
    }

    /// Whether granted or not. Two loops at once may count as one: it is a weight, not an account.
    @inline(__always)
    func want(_ cost: UInt64, of class: QuotaClass) {
        let sum = wanted[`class`.rawValue].load(ordering: .relaxed) &+ cost
        wanted[`class`.rawValue].store(sum, ordering: .relaxed)
    }

    /// What was wanted since the last look.
    func takeWanted(_ class: QuotaClass) -> UInt64 { wanted[`class`.rawValue].exchange(0, ordering: .relaxed) }
}
