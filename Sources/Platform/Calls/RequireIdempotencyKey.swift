public import RPC

/// Refuses calls without an idempotency key to methods whose policy has `idempotency: IDEMPOTENCY_KEYED`, before a byte of their request is
/// decoded.
public struct RequireIdempotencyKey: CallGuard {
    public init() {}

    public func applies(to method: MethodInfo) -> Bool { method.policy?.idempotency == .keyed }

    public func admit(_ call: Call) throws {
        if call.method != nil { try IdempotencyKey.demand(call) }
    }
}
