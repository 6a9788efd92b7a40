/// Every number that bounds this module, and why it is what it is.
enum Limits {
    /// Descriptors taken from one `epoll_wait`: enough that a busy loop makes few calls, small enough to stay in cache.
    static let eventsPerTurn = 256
    /// Jobs run before descriptors are looked at again, so that tasks that wake each other cannot starve the network.
    static let jobsPerTurn = 4096
    /// Tasks of a loop that wait for work, at some 2 KiB each: two full connections' calls in flight begin without making one.
    static let restingTasks = 256
    /// Connections accepted in one turn: a connect storm must not delay calls on open connections.
    static let acceptsPerTurn = 64
    /// The kernel caps this at net.core.somaxconn (4096 on Debian 12).
    static let listenBacklog: Int32 = 4096
    /// What one read takes from a socket; the loop owns one buffer of this size for all its connections.
    static let readBytes = 256 * 1024
    /// Threads for blocking work (getaddrinfo, PQcancel, file reads): it waits rather than computes.
    static let blockingThreads = 4
    /// Blocking work that may wait for a thread; more means that something behind it hangs.
    static let blockingQueue = 1024
    /// How much less than a loop a worker's thread is worth to the kernel (`nice`): a tenth of the processor when both want it, so that a
    /// loop that wakes up runs at once.
    static let workerNiceness: Int32 = 10
    /// A turn that lasts longer is a stall: calls of that loop have waited for it, and nobody's deadline should be so near that this counts
    /// for nothing.
    static let stall: Duration = .milliseconds(20)
    /// `sockaddr_un.sun_path` holds 108 bytes, the last of them NUL.
    static let unixPathBytes = 107
}
