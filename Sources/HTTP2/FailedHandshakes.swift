internal import Net

/// Addresses from which one handshake after another has failed lately: further connections of theirs are not worth a computation. Pure: events in,
/// verdicts out, time as a parameter.
///
/// By the generic cell rate algorithm: for each address the time at which all its failures are forgotten. A handshake that succeeds takes back
/// a failure, so that a crowd behind one address of which most are let in is never slowed down for the few that are not. Nobody owes more
/// than the burst: whoever stops is let in again soon.
struct FailedHandshakes {
    private var forgottenAt: [AddressKey: MonotonicTime] = [:]
    private let capacity: Int
    private var sweptAt = MonotonicTime(nanoseconds: 0)

    /// - Parameter capacity: addresses that are counted at once. Failures of further ones are not.
    init(capacity: Int = Limits.failingAddresses) {
        self.capacity = capacity
    }

    var count: Int { forgottenAt.count }

    /// Whether one more may fail.
    func admits(_ address: AddressKey, _ rate: Limits.Rate, at now: MonotonicTime) -> Bool {
        guard let time = forgottenAt[address], time > now else { return true }
        return time - now <= rate.tolerance - rate.interval
    }

    mutating func failed(_ address: AddressKey, _ rate: Limits.Rate, at now: MonotonicTime) {
        let before = forgottenAt[address]
        if before == nil, !hasRoom(at: now) { return }
        forgottenAt[address] = min(max(before ?? now, now) + rate.interval, now + rate.tolerance)
    }

    mutating func succeeded(_ address: AddressKey, _ rate: Limits.Rate, at now: MonotonicTime) {
        guard let before = forgottenAt[address] else { return }
        let time = before + (.zero - rate.interval)
        forgottenAt[address] = time > now ? time : nil
    }

    private mutating func hasRoom(at now: MonotonicTime) -> Bool {
        if forgottenAt.count >= capacity, now - sweptAt >= Limits.failingAddressesSweep {
            sweptAt = now
            forgottenAt = forgottenAt.filter { $0.value > now }
        }
        return forgottenAt.count < capacity
    }
}

extension Limits.Rate {
    /// In which one is earned; for none in a second, none is for years.
    fileprivate var interval: Duration { perSecond > 0 ? .nanoseconds(Int64(max(1, 1_000_000_000 / perSecond))) : .seconds(1 << 24) }
    fileprivate var tolerance: Duration { interval * Int(clamping: min(burst, 1 << 32)) }
}
