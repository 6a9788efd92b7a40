public import RPC

/// Refuses calls of who has used up a quota: its own, or its tenant's. What a call costs, and of which quota, its method's policy says.
///
/// It stands behind ``RequireToken``: who it is that calls is known by then, and nobody pays for another's calls. Who calls with a certificate
/// alone, such as a probe, is counted as the service that it names, or that a believed proxy names in its place.
public struct LimitCalls: CallGuard {
    private let quotas: Quotas

    public init(_ quotas: Quotas) {
        self.quotas = quotas
    }

    public func applies(to method: MethodInfo) -> Bool { method.policy != nil }

    public func admit(_ call: Call) throws {
        guard let price = call.price else { return }
        try take(price.units, of: QuotaClass(price.rateClass), call)
    }

    public func admission(to method: MethodInfo) -> @Sendable (Call) throws -> Void {
        guard let price = method.policy.map({ CallPrice($0) }) else { return { _ in } }
        let `class` = QuotaClass(price.rateClass)
        return { call in try take(price.units, of: `class`, call) }
    }

    @inline(__always)
    private func take(_ units: UInt64, of class: QuotaClass, _ call: Call) throws {
        let now = quotas.now(call.loop)
        if let caller = call[Caller.self] {
            try quotas.take(units, of: `class`, by: caller, at: now)
        } else if let service = call.identity?.service {
            try quotas.take(units, of: `class`, by: .service(service.name), at: now)
        }
    }
}
