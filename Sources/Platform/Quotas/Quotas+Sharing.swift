internal import Postgres
internal import Synchronization

/// What a beat asks and changes.
extension Quotas {
    /// The quotas that callers want more of, or that are leased, and how many units a second they want: the most of late, fading.
    ///
    /// - Parameter seconds: since it was asked the last time.
    func takeWanted(seconds: Double) -> [SharedQuota: Double] {
        state.withLock { state in
            var wanted = state.shares.wanted
            for shared in state.shares.takePressed() where wanted[shared] == nil {
                // How much it asks for is counted from now on; so far it is known that its share may not do.
                let quota = state.book.quota(of: shared.subject, shared.class)
                wanted[shared] = quota.perSecond(of: shared.class) / Double(max(1, state.shares.processes))
                adopt(shared.subject, &state)
            }
            for (shared, before) in wanted {
                state.meters[shared.subject]?.release(shared.class)
                let asked = Double(state.own[shared.subject]?.takeWanted(shared.class) ?? 0) / max(seconds, 0.001)
                let now = max(asked, before * Limits.quotaFading)
                let quota = state.book.quota(of: shared.subject, shared.class)
                wanted[shared] = now < quota.perSecond(of: shared.class) / 100 ? 0 : now
            }
            state.shares.wanted = wanted
            return wanted
        }
    }

    /// Counts the processes, gives at once what others are to have, and says what may be taken when that is committed.
    func plan(_ seen: QuotaPlan.Sight) -> QuotaPlan {
        let now = now
        setShared(seen.sight.processes.count > 1)
        return state.withLock { state in
            let processes = UInt64(max(1, seen.sight.processes.count))
            if state.shares.processes != processes {
                state.shares.processes = processes
                setCommon(&state)
                for subject in Array(state.own.keys) { adopt(subject, &state) }
            }
            let plan = QuotaPlan(
                seen, quota: { state.book.quota(of: $0.subject, $0.class) },
                holding: { shared in
                    QuotaHolding(
                        units: state.shares.units(of: shared, state.book.quota(of: shared.subject, shared.class)),
                        debt: state.meters[shared.subject]?.debt(of: shared.class, at: now) ?? 0)
                })
            for change in plan.shrinking { make(change, &state) }
            return plan
        }
    }

    /// Takes what a plan has found, now that all others can read of it.
    func settle(_ plan: QuotaPlan) {
        let now = now
        for change in plan.growing where change.addedDebt > 0 {
            meter(of: change.shared.subject).setArrival(of: change.shared.class) { max($0, now) &+ change.addedDebt }
        }
        state.withLock { state in
            for change in plan.growing { make(change, &state) }
            // Who has no lease, no quota of its own and no meter any more needs no rates of its own.
            let leased = Set(state.shares.leases.keys.map(\.subject))
            for subject in Array(state.own.keys) where !state.book.has(subject) && !leased.contains(subject) {
                if state.meters[subject] == nil { state.own[subject] = nil }
            }
        }
    }

    /// Nobody has said for a lease's time what others do: what is more than an equal share may be somebody else's by now.
    func fallBack() {
        state.withLock { state in
            for (shared, units) in state.shares.leases {
                let base = state.shares.base(state.book.quota(of: shared.subject, shared.class))
                guard units > base else { continue }
                state.shares.leases[shared] = base
                adopt(shared.subject, &state)
            }
        }
    }

    var hasLeases: Bool { state.withLock { !$0.shares.leases.isEmpty } }

    /// Units of a quota's burst that this process grants.
    func units(of shared: SharedQuota) -> UInt64 {
        state.withLock { $0.shares.units(of: shared, $0.book.quota(of: shared.subject, shared.class)) }
    }

    private func make(_ change: QuotaPlan.Change, _ state: inout State) {
        state.shares.leases[change.shared] = change.units
        if change.units == nil { state.shares.wanted[change.shared] = nil }
        adopt(change.shared.subject, &state)
    }
}

extension Quota {
    func perSecond(of class: QuotaClass) -> Double { Double(perPeriod) * 1e9 / Double(`class`.periodNanoseconds) }
}
