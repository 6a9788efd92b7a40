internal import CNet

/// What a watcher wants to hear of a descriptor.
public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let read = Interest(rawValue: 1)
    public static let write = Interest(rawValue: 2)

    var events: UInt32 {
        (contains(.read) ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0) | (contains(.write) ? EPOLLOUT.rawValue : 0)
    }
}

/// What the kernel said of a descriptor. An error or a hang-up is told as readable and writable, too, so that
/// whoever reads or writes next sees the cause.
public struct Readiness: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let read = Readiness(rawValue: 1)
    public static let write = Readiness(rawValue: 2)
    public static let hangUp = Readiness(rawValue: 4)

    init(events: UInt32) {
        var readiness: Readiness = []
        if events & EPOLLIN.rawValue != 0 { readiness.insert(.read) }
        if events & EPOLLOUT.rawValue != 0 { readiness.insert(.write) }
        if events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { readiness.formUnion([.read, .write, .hangUp]) }
        if events & EPOLLRDHUP.rawValue != 0 { readiness.insert(.read) }
        self = readiness
    }
}

/// A descriptor that a loop waits on, level-triggered. Confined to its loop; the owner cancels it before it closes the descriptor.
public final class Watch {
    package let descriptor: Int32
    let slot: Int
    package private(set) var interest: Interest
    package fileprivate(set) var ready: ((Readiness) -> Void)?
    package unowned let loop: EventLoop

    init(descriptor: Int32, slot: Int, interest: Interest, loop: EventLoop, ready: @escaping (Readiness) -> Void) {
        self.descriptor = descriptor
        self.slot = slot
        self.interest = interest
        self.loop = loop
        self.ready = ready
    }

    /// Changes what is waited for. A system call only when it differs.
    public func update(_ interest: Interest) {
        guard ready != nil, interest != self.interest else { return }
        self.interest = interest
        loop.modify(self)
    }

    /// Ends the watch and drops its closure; events of this turn that were taken already do not reach it.
    public func cancel() {
        guard ready != nil else { return }
        ready = nil
        loop.remove(self)
    }
}
