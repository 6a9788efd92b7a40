/// What counts a caller's calls: itself, and its tenant. Looked up once for each verified token, and kept by it.
final class CallerMeters: Sendable {
    /// Nil while there are too many principals to count this one.
    let principal: Meter?
    let tenant: Meter?

    init(principal: Meter?, tenant: Meter?) {
        self.principal = principal
        self.tenant = tenant
    }
}

extension Quotas {
    /// Takes what a call costs of its caller's quota and of the tenant's: of both, or of none.
    @inline(__always)
    func take(_ units: UInt64, of class: QuotaClass, by caller: Caller, at now: UInt64) throws {
        let meters = caller.meters.value ?? meters(of: caller)
        if let principal = meters.principal {
            let outcome = principal.take(units, of: `class`, at: now)
            if outcome != .taken { try few(outcome, .principal(caller.subject, of: caller.tenant), `class`, principal, units, at: now) }
        }
        if let tenant = meters.tenant {
            let outcome = tenant.take(units, of: `class`, at: now)
            if outcome != .taken {
                if outcome == .refused { meters.principal?.giveBack(units, of: `class`) }
                try few(outcome, .tenant(caller.tenant), `class`, tenant, units, at: now)
            }
        }
    }

    private func meters(of caller: Caller) -> CallerMeters {
        caller.meters.set(
            CallerMeters(
                principal: meter(of: .principal(caller.subject, of: caller.tenant)), tenant: meter(of: .tenant(caller.tenant))))
    }
}
