public import Net

/// What a task knows of the call that it works for: calls made in it inherit the deadline, and are not begun when that call is over.
///
/// A server binds it around the handler of a call that has a deadline; child tasks and `Task { }` inherit it, `Task.detached` does not.
/// A call that is to outlive the one that it was made in has `CallOptions.isDetached`.
public struct CallContext: Sendable {
    @TaskLocal public static var current: CallContext?

    /// When whoever waits for the result gives up.
    public let deadline: MonotonicTime?
    private let call: Call?

    /// For work that no call has asked for, such as a job's: `CallContext.$current.withValue(CallContext(deadline: …)) { … }`.
    public init(deadline: MonotonicTime?) {
        self.deadline = deadline
        call = nil
    }

    init(_ call: Call) {
        deadline = call.deadline
        self.call = call
    }

    /// The call that the task works for was given up.
    public var isCancelled: Bool { call?.isCancelled ?? false }
}
