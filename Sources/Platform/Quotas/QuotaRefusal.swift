internal import RPC
internal import StandardTypes

/// A quota that does not allow what was asked of it.
struct QuotaRefusal: RPCErrorConvertible, Hashable {
    var subject: QuotaSubject
    var `class`: QuotaClass
    var quota: Quota
    /// Until it would be allowed, in nanoseconds; nil: never, because it is more than the quota ever allows at once.
    var retryAfterNanoseconds: UInt64?

    /// The wait in whole seconds, rounded up: who comes back after it is let in, if nobody else takes what he waited for.
    var retryAfterSeconds: UInt64? {
        retryAfterNanoseconds.map { $0 / 1_000_000_000 + ($0 % 1_000_000_000 > 0 ? 1 : 0) }
    }

    var rpcError: RPCError {
        let words = "\(quota.perPeriod) \(`class`.unitsInPeriod), \(quota.burst) at once"
        var violation = QuotaFailure.Violation()
        violation.subject = "\(subject.kind.rawValue):\(subject.path)"
        violation.description = "\(`class`.name): \(words)"
        var failure = QuotaFailure()
        failure.violations = [violation]
        let reason = `class` == .spending ? ErrorReason.costBudget : .rateLimited
        let begin = "The \(subject.kind.rawValue) has used up its quota \"\(`class`.name)\" (\(words))."
        guard let seconds = retryAfterSeconds else {
            var error = RPCError(
                reason: reason,
                "The quota \"\(`class`.name)\" of the \(subject.kind.rawValue) (\(words)) never allows as much as this.",
                metadata: ["quota": `class`.name, "subject": subject.kind.rawValue], details: [ErrorDetail(failure)])
            error.pushback = .never
            return error
        }
        var error = RPCError(
            reason: reason, "\(begin) Try again in \(seconds) s.",
            metadata: ["quota": `class`.name, "subject": subject.kind.rawValue], details: [ErrorDetail(failure)]
        ).tryAgain(after: .seconds(Int64(clamping: seconds)))
        error.trailers.append("ratelimit-remaining", "0")
        error.trailers.append("ratelimit-reset", "\(seconds)")
        return error
    }
}

extension QuotaClass {
    fileprivate var unitsInPeriod: String { self == .spending ? "millionths a day" : "a minute" }
}
