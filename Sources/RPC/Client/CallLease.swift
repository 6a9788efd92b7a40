/// Held by those who read a call's replies: when the last of them lets go, the call is given up.
final class CallLease: Sendable {
    private let call: ClientCall
    /// Not dropped before: its connection would go with it.
    private let channel: Channel

    init(_ call: ClientCall, _ channel: Channel) {
        self.call = call
        self.channel = channel
    }

    deinit {
        call.cancel()
    }
}
