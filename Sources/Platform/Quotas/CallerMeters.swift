/// What counts a caller's calls: itself, and its tenant. Looked up once for each verified token, and kept by it.
final class CallerMeters: Sendable {
    /// Whose quota the caller's is.
    let subject: QuotaSubject
    let principal: Meter
    let tenant: Meter

    init(subject: QuotaSubject, principal: Meter, tenant: Meter) {
        self.subject = subject
        self.principal = principal
        self.tenant = tenant
    }

    /// Whether a call takes of the tenant's quota, too.
    @inline(__always)
    func isTenants(_ class: QuotaClass) -> Bool { subject.kind != .service || `class`.isAlwaysTenants }
}

extension Quotas {
    /// Takes what a call costs of its caller's quota and of the tenant's: of both, or of none.
    @inline(__always)
    func take(_ units: UInt64, of class: QuotaClass, by caller: Caller, at now: UInt64) throws {
        let meters = caller.meters.value ?? meters(of: caller)
        let own = meters.principal.take(units, of: `class`, at: now)
        if own != .taken { try few(own, meters.subject, `class`, meters.principal, units, at: now) }
        guard meters.isTenants(`class`) else { return }
        let outcome = meters.tenant.take(units, of: `class`, at: now)
        if outcome != .taken {
            if outcome == .refused { meters.principal.giveBack(units, of: `class`) }
            try few(outcome, .tenant(caller.tenant), `class`, meters.tenant, units, at: now)
        }
    }

    private func meters(of caller: Caller) -> CallerMeters {
        let subject = QuotaSubject(caller)
        return caller.meters.set(
            CallerMeters(subject: subject, principal: meter(of: subject), tenant: meter(of: .tenant(caller.tenant))))
    }
}

extension QuotaSubject {
    /// A service that calls in its own name is one; everybody else is a principal, whichever service brings his calls.
    init(_ caller: Caller) {
        self =
            caller.actors.isEmpty && caller.subject == caller.service
            ? .service(caller.service, of: caller.tenant) : .principal(caller.subject, of: caller.tenant)
    }
}
