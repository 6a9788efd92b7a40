internal import Net

/// Whether a stream's peer takes what waits for it, and sends what it owes, looked at in every sweep.
struct StreamProgress {
    private var taken: UInt64 = 0
    private var takenAt: MonotonicTime?
    private var received: UInt64 = 0
    private var receivedAt: MonotonicTime?

    /// `taken` and `received` count the bytes of the bodies up to now; `hasOutput`: something waits for the peer's window; `isOwed`: a
    /// message has to come.
    mutating func check(
        taken: UInt64, hasOutput: Bool, received: UInt64, isOwed: Bool, at now: MonotonicTime, timeout: Duration
    ) -> Violation? {
        if !hasOutput {
            takenAt = nil
        } else if let since = takenAt, taken &- self.taken < StreamProgress.leastBytes {
            if now - since > timeout { return .unreadStream }
        } else {
            self.taken = taken
            takenAt = now
        }
        if !isOwed {
            receivedAt = nil
        } else if let since = receivedAt, received &- self.received < StreamProgress.leastBytes {
            if now - since > timeout { return .slowBody }
        } else {
            self.received = received
            receivedAt = now
        }
        return nil
    }

    /// Less in a whole timeout is no progress: a byte now and then would hold a stream for ever.
    static let leastBytes: UInt64 = 1024
}
