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
    private struct State {
        var table: MeterTable
        var overflow = OverflowMeters()
    }

    private let state: Mutex<State>
    private let rates = QuotaRates { _ in CellRate(interval: Limits.failedAttemptInterval, burst: Limits.failedAttempts) }
    private let clock: (@Sendable () -> MonotonicTime)?

    /// - Parameter clock: nil: the loops'.
    public convenience init(clock: (@Sendable () -> MonotonicTime)? = nil) {
        self.init(clock: clock, peers: Limits.failingPeers)
    }

    /// - Parameter peers: that are counted at once. Of those that come when there are so many, the ones with the certificate of one service
    ///   count together: no other service's have to wait for them, and none of those that were there before.
    init(clock: (@Sendable () -> MonotonicTime)?, peers: Int) {
        self.clock = clock
        state = Mutex(State(table: MeterTable(capacity: peers)))
    }

    /// Before a token is verified. Throws when too many of this peer's were no good.
    public func admit(_ call: Call) throws(RPCError) {
        let (key, now) = (key(of: call), now(call))
        let found = state.withLock { state in
            state.table.meter(key) ?? (state.table.isFull ? state.overflow.meter(of: service(of: call), rates: rates) : nil)
        }
        guard let meter = found else { return }
        guard let wait = meter.retryAfter(1, of: .admin, at: now), wait > 0 else { return }
        throw Self.refusal(after: wait)
    }

    /// What a caller is told who has failed once more: what was wrong, or to wait.
    public func noted(_ error: RPCError, _ call: Call) -> RPCError {
        // Who brings no token tries none.
        guard error.code == .unauthenticated, error.reason != ErrorReason.tokenMissing.rawValue else { return error }
        let (key, now) = (key(of: call), now(call))
        let meter = state.withLock { state in
            state.table.meter(key, at: now) { Meter(key, rates: rates) } ?? state.overflow.meter(of: service(of: call), rates: rates)
        }
        guard meter.take(1, of: .admin, at: now) == .refused else { return error }
        return Self.refusal(after: meter.retryAfter(1, of: .admin, at: now) ?? 0)
    }

    private func now(_ call: Call) -> UInt64 { (clock?() ?? call.loop.now).nanoseconds }

    /// An address as one party has it, and the service that its certificate names.
    private func key(of call: Call) -> QuotaKey {
        var origin: [UInt8] =
            switch call.peer.address {
            case .ipv4(let bytes, _): [4] + bytes
            // The other half is everybody's to choose.
            case .ipv6(let bytes, _, _): [6] + bytes.prefix(8)
            case .unix: [0]
            }
        origin.append(contentsOf: service(of: call).utf8)
        return QuotaKey(origin)
    }

    private func service(of call: Call) -> String { call.identity?.service.name ?? "" }

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
