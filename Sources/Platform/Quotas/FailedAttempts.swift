public import Net
public import RPC
internal import Synchronization
internal import HTTP2
internal import StandardTypes

/// Slows down who tries one bad token after another: from one address, with one service's certificate, so many attempts may fail in a minute.
/// Further ones are refused without a look at their signatures, and their senders are asked to wait.
///
/// Only who fails is slowed down: other services behind the same address are counted by themselves, and a call whose token was verified before
/// does not come by here at all.
public final class FailedAttempts: Sendable {
    private let table = Mutex(MeterTable(capacity: Limits.failingPeers))
    private let rates = QuotaRates { _ in CellRate(interval: Limits.failedAttemptInterval, burst: Limits.failedAttempts) }
    private let clock: (@Sendable () -> MonotonicTime)?

    /// - Parameter clock: nil: the loops'.
    public init(clock: (@Sendable () -> MonotonicTime)? = nil) {
        self.clock = clock
    }

    /// Before a token is verified. Throws when too many of this peer's were no good.
    public func admit(_ call: Call) throws(RPCError) {
        let (key, now) = (key(of: call), now(call))
        guard let meter = table.withLock({ $0.meter(key) }) else { return }
        guard let wait = meter.retryAfter(1, of: .admin, at: now), wait > 0 else { return }
        throw Self.refusal(after: wait)
    }

    /// What a caller is told who has failed once more: what was wrong, or to wait.
    public func noted(_ error: RPCError, _ call: Call) -> RPCError {
        // Who brings no token tries none.
        guard error.code == .unauthenticated, error.reason != ErrorReason.tokenMissing.rawValue else { return error }
        let (key, now) = (key(of: call), now(call))
        let meter = table.withLock { $0.meter(key, at: now) { Meter(key, rates: rates) } }
        guard let meter, meter.take(1, of: .admin, at: now) == .refused else { return error }
        return Self.refusal(after: meter.retryAfter(1, of: .admin, at: now) ?? 0)
    }

    private func now(_ call: Call) -> UInt64 { (clock?() ?? call.loop.now).nanoseconds }

    /// An address as one party has it, and the service that its certificate names.
    private func key(of call: Call) -> QuotaKey {
        var origin: [UInt8] =
            switch call.peer.address {
            case .ipv4(let bytes, _): bytes
            // The other half is everybody's to choose.
            case .ipv6(let bytes, _, _): Array(bytes.prefix(8))
            case .unix: []
            }
        origin.append(contentsOf: (call[ServiceIdentity.self]?.name ?? "").utf8)
        return QuotaKey(origin)
    }

    private static func refusal(after nanoseconds: UInt64) -> RPCError {
        let seconds = max(1, nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 > 0 ? 1 : 0))
        var violation = QuotaFailure.Violation()
        violation.subject = "address"
        violation.description = "failed attempts: \(Limits.failedAttempts) a minute"
        var failure = QuotaFailure()
        failure.violations = [violation]
        return RPCError(
            reason: .rateLimited, "Too many tokens from here were no good. Get one that is, and try again in \(seconds) s.",
            details: [ErrorDetail(failure)]
        ).tryAgain(after: .seconds(Int64(clamping: seconds)))
    }
}
