public import Net
internal import Synchronization

/// The quotas of all subjects, as one process keeps them: which ones there are, and what was taken.
///
/// A call takes of a quota by one compare-and-exchange on a ``Meter`` that its caller's object holds. All that is in here is looked up once
/// for each token, and changed when quotas are.
public final class Quotas: Sendable {
    struct State: ~Copyable {
        var meters: SubjectMeters
        var book = QuotaBook()
        var shares = QuotaShares()
        /// Rates of subjects that have some of their own: by the book, or by a lease.
        var own: [QuotaSubject: QuotaRates] = [:]
    }

    let state: Mutex<State>
    /// The rates of those who have none of their own.
    private let common: [QuotaSubject.Kind: QuotaRates]
    private let clock: (@Sendable () -> MonotonicTime)?
    /// There are other processes, which may have more of a quota than they need.
    private let isShared = Atomic<Bool>(false)

    /// - Parameter clock: nil: the machine's, as each loop has read it last.
    public convenience init(clock: (@Sendable () -> MonotonicTime)? = nil) {
        self.init(clock: clock, meters: SubjectMeters())
    }

    init(clock: (@Sendable () -> MonotonicTime)?, meters: SubjectMeters) {
        self.clock = clock
        state = Mutex(State(meters: meters))
        common = Dictionary(
            uniqueKeysWithValues: QuotaSubject.Kind.allCases.map { kind in
                (kind, QuotaRates { Quota.standard(kind, $0).rate(of: $0, share: .max) })
            })
    }

    /// By the clock that was given, otherwise by `loop`'s, which is as old as its turn.
    @inline(__always)
    func now(_ loop: EventLoop) -> UInt64 { (clock?() ?? loop.now).nanoseconds }

    var now: UInt64 { (clock?() ?? .now()).nanoseconds }

    // MARK: Taking

    /// Takes units of a subject's quota, for what has no price in a policy: what a provider sends, what a model costs.
    ///
    /// - Throws: `RPCError` RESOURCE_EXHAUSTED with QuotaFailure and RetryInfo: nothing was taken then.
    public func take(_ units: UInt64, of class: QuotaClass, by subject: QuotaSubject) throws {
        try take(units, of: `class`, by: subject, at: now)
    }

    func take(_ units: UInt64, of class: QuotaClass, by subject: QuotaSubject, at now: UInt64) throws {
        let meter = meter(of: subject)
        let outcome = meter.take(units, of: `class`, at: now)
        if outcome != .taken { try few(outcome, subject, `class`, meter, units, at: now) }
    }

    /// Takes what is known only when it has happened, whether it is there or not: whoever comes next waits until it is earned.
    public func charge(_ units: UInt64, of class: QuotaClass, to subject: QuotaSubject) {
        let now = now
        let meter = meter(of: subject)
        meter.charge(units, of: `class`, at: now)
        press(subject, `class`, meter)
    }

    /// The meter of a subject: its own, or, when there are too many busy ones, one that it shares with others of its tenant.
    func meter(of subject: QuotaSubject) -> Meter {
        let now = now
        return state.withLock { state in
            state.meters.meter(of: subject, own: state.own[subject], common: commonRates(subject.kind), at: now)
        }
    }

    private func commonRates(_ kind: QuotaSubject.Kind) -> QuotaRates { common[kind] ?? QuotaRates { _ in .nothing } }

    /// What follows when little is left, or nothing.
    func few(
        _ outcome: Meter.Outcome, _ subject: QuotaSubject, _ class: QuotaClass, _ meter: Meter, _ units: UInt64, at now: UInt64
    ) throws {
        press(subject, `class`, meter)
        guard outcome == .refused else { return }
        let quota = state.withLock { $0.book.quota(of: subject, `class`) }
        var wait = meter.retryAfter(units, of: `class`, at: now)
        // What is more than our share may be had when others have given theirs.
        if wait == nil, units <= quota.burst { wait = UInt64(Limits.quotaLeaseWait.wholeNanoseconds) }
        throw QuotaRefusal(subject: subject, class: `class`, quota: quota, retryAfterNanoseconds: wait).rpcError
    }

    func press(_ subject: QuotaSubject, _ class: QuotaClass, _ meter: Meter) {
        guard isShared.load(ordering: .relaxed), !meter.isOverflow, meter.press(`class`) else { return }
        state.withLock { $0.shares.press(SharedQuota(subject: subject, class: `class`)) }
    }

    func setShared(_ shared: Bool) { isShared.store(shared, ordering: .relaxed) }

    // MARK: Changing

    /// Has these quotas count from now on. Of a subject that has its own, what was taken stays taken, by units.
    public func apply(_ book: QuotaBook) {
        let now = now
        state.withLock { state in
            let before = state.book
            state.book = book
            setCommon(&state)
            for subject in before.subjects.union(book.subjects) {
                if let meter = state.meters[subject] {
                    for `class` in QuotaClass.allCases {
                        meter.convert(
                            `class`, from: before.quota(of: subject, `class`).rate(of: `class`, share: .max),
                            to: book.quota(of: subject, `class`).rate(of: `class`, share: .max), at: now)
                    }
                }
                adopt(subject, &state)
            }
        }
    }

    /// Sets the rates of those who have none of their own.
    func setCommon(_ state: inout State) {
        for (kind, rates) in common {
            for `class` in QuotaClass.allCases { rates[`class`] = state.shares.rate(of: `class`, state.book.quota(of: kind, `class`)) }
        }
    }

    /// Has a subject judged by rates of its own, those that the book and the leases give it.
    func adopt(_ subject: QuotaSubject, _ state: inout State) {
        let rates = state.own[subject] ?? QuotaRates { _ in .nothing }
        for `class` in QuotaClass.allCases {
            rates[`class`] = state.shares.rate(of: SharedQuota(subject: subject, class: `class`), state.book.quota(of: subject, `class`))
        }
        guard state.own.updateValue(rates, forKey: subject) == nil else { return }
        _ = state.meters[subject]?.adopt(rates)
    }
}
