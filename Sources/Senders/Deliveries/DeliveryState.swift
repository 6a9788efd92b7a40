public import Postgres

/// How far a message is. It goes from queued to sending and from there to an end, or back to queued when it certainly was not taken.
public enum DeliveryState: String, Sendable, CaseIterable, PostgresValue {
    case queued
    /// An attempt runs, or died with its server.
    case sending
    case accepted
    case refused
    /// It may have been taken. It is never sent again by itself; an operator finds out and says.
    case unknown
}

/// What is to be done with a message now. Pure.
enum DeliveryStep: Sendable, Hashable {
    /// Begin an attempt.
    case send
    /// Somebody else's attempt runs; look again when it is over.
    case wait(microseconds: Int64)
    /// The attempt that ran is over, and nobody wrote down how it ended.
    case lost
    /// It has its end.
    case nothing

    init(_ state: DeliveryState, sendingUntil: Int64?, now: Int64) {
        switch state {
        case .queued: self = .send
        case .sending:
            let left = (sendingUntil ?? now) - now
            self = left > 0 ? .wait(microseconds: left) : .lost
        case .accepted, .refused, .unknown: self = .nothing
        }
    }
}

/// What an attempt makes of a message. Pure.
struct DeliveryEnd: Sendable, Hashable {
    var state: DeliveryState
    var providerID: String?
    var reason: String?

    init(_ outcome: Outcome) {
        switch outcome {
        case .accepted(let providerID): (state, self.providerID) = (.accepted, providerID)
        case .refused(let reason): (state, self.reason) = (.refused, reason)
        case .failed(let reason, _), .deferred(let reason, _): (state, self.reason) = (.queued, reason)
        case .unknown(let reason): (state, self.reason) = (.unknown, reason)
        }
    }
}
