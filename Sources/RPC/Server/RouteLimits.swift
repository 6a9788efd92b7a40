/// What a method's policy bounds, at hand for each of its calls.
struct RouteLimits: Sendable {
    /// What a call has whose client names no timeout.
    let timeout: Duration?
    let longestTimeout: Duration?
    let requestBytes: Int?

    init(_ policy: MethodPolicy?) {
        timeout = policy?.timeout
        longestTimeout = policy?.longestTimeout
        requestBytes = policy?.requestBytes
    }

    /// What a call gets whose client asks for `asked`, where none may last longer than `most`. Nil: as long as that, without a timer.
    func timeout(_ asked: Duration?, most: Duration) -> Duration? {
        let most = min(longestTimeout ?? most, most)
        if let wanted = asked ?? timeout { return min(wanted, most) }
        return longestTimeout == nil ? nil : most
    }
}
