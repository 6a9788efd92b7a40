internal import CNet
internal import Synchronization

/// One thread that waits on descriptors and timers and runs every job pinned to it.
///
/// A turn: take what is ready, fire due timers, run jobs, then run the end-of-turn work (the flushes). Everything
/// marked "loop only" is confined to that thread and takes no lock; from elsewhere there are `execute` and, for Swift
/// concurrency, the executor itself: `Task(executorPreference: loop) { … }`.
///
/// It is no `SerialExecutor`, though it could be: a job that runs on one is enqueued anew wherever it comes back to a function that is
/// isolated to nothing, which is most of them.
@safe
public final class EventLoop: TaskExecutor, @unchecked Sendable {
    public let name: String
    /// Nil on a real machine; see `SimulatedKernel`.
    package let kernel: (any SimulatedKernel)?
    private let epoll: Int32
    private let wakeUp: Int32
    let thread = Atomic<UInt>(0)
    private let inbox = Mutex(Inbox())
    let wakePending = Atomic<Bool>(false)

    // Confined to the thread.
    let jobs = Queue<Work>()
    var timers = TimerQueue()
    private var watches: [Watch?] = []
    private var freeSlots: [Int] = []
    var endOfTurn: [() -> Void] = []
    private var isRunning = true
    private let pulse = LoopPulse()
    /// When the last turn ended.
    private var ended = MonotonicTime(nanoseconds: 0)
    let work = Queue<any LoopWork>()
    private let restingTasks = Queue<LoopTask>()
    private var owned: [ObjectIdentifier: AnyObject] = [:]
    /// The monotonic clock, read once in each turn. Loop only.
    public var now: MonotonicTime { unsafe turnBegan }
    @exclusivity(unchecked) var turnBegan = MonotonicTime.now()
    /// A buffer that any connection of this loop may use within one call, never across a turn. Loop only.
    public let scratch: UnsafeMutableRawBufferPointer
    /// Its size.
    public var scratchBytes: Int { Limits.readBytes }

    private struct Inbox {
        var jobs: [Work] = []
        var isClosed = false
    }

    enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    /// Creates the loop and starts its thread. Throws when the process is out of descriptors or threads.
    public init(name: String) throws(NetError) {
        self.name = name
        kernel = nil
        unsafe scratch = .allocate(byteCount: Limits.readBytes, alignment: 16)
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .last("epoll_create1") }
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeUp >= 0 else { throw .last("eventfd") }
        var event = unsafe epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: EventLoop.wakeUpSlot))
        guard unsafe epoll_ctl(epoll, EPOLL_CTL_ADD, wakeUp, &event) == 0 else { throw .last("epoll_ctl") }
        try Thread.start(name: name) { self.run() }
    }

    /// A loop without a thread: it takes a turn when the simulation says so.
    package init(simulated name: String, on kernel: any SimulatedKernel) {
        self.name = name
        self.kernel = kernel
        unsafe scratch = .allocate(byteCount: Limits.readBytes, alignment: 16)
        (epoll, wakeUp) = (-1, -1)
        unsafe turnBegan = kernel.now
    }

    deinit {
        if kernel == nil {
            close(epoll)
            close(wakeUp)
        }
        unsafe scratch.deallocate()
    }

    private static let wakeUpSlot = UInt64.max

    // MARK: From any thread

    public var isCurrent: Bool {
        thread.load(ordering: .relaxed) == Thread.current
    }

    public func preconditionCurrent() {
        precondition(isCurrent, "state of loop \(name) was used on another thread")
    }

    /// How late it is: from outside, a loop that hangs can say so.
    public var lag: LoopLag { pulse.lag(at: time) }

    /// Runs `work` on the loop's thread, soon; in order with other work from the same thread.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        submit(.closure(work))
    }

    /// Lets the current turn end, then ends the thread. Work that is still queued is run first; later work is dropped, and what it holds
    /// with it.
    public func shutdown() {
        execute { self.isRunning = false }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        submit(.job(UnownedJob(job)))
    }

    private func submit(_ work: Work) {
        if isCurrent {
            jobs.append(work)
            return
        }
        let isTaken = inbox.withLock { inbox in
            if !inbox.isClosed { inbox.jobs.append(work) }
            return !inbox.isClosed
        }
        if isTaken, !wakePending.exchange(true, ordering: .acquiringAndReleasing), kernel == nil {
            var one: UInt64 = 1
            _ = unsafe write(wakeUp, &one, 8)
        }
    }

    // MARK: Loop only

    /// Calls `ready` whenever the descriptor is ready for what `interest` says, until the watch is cancelled.
    public func watch(
        _ descriptor: Int32, for interest: Interest, _ ready: @escaping (Readiness) -> Void
    ) throws(NetError) -> Watch {
        if let kernel {
            let watch = Watch(descriptor: descriptor, slot: 0, interest: interest, loop: self, ready: ready)
            kernel.changed(watch)
            return watch
        }
        let slot = freeSlots.popLast() ?? watches.count
        let watch = Watch(descriptor: descriptor, slot: slot, interest: interest, loop: self, ready: ready)
        var event = unsafe epoll_event(events: interest.events, data: epoll_data_t(u64: UInt64(slot)))
        guard unsafe epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
            let error = NetError.last("epoll_ctl")
            if slot < watches.count { freeSlots.append(slot) }
            throw error
        }
        if slot < watches.count { watches[slot] = watch } else { watches.append(watch) }
        return watch
    }

    /// Runs `work` once, no earlier than after `delay`.
    @discardableResult
    public func schedule(after delay: Duration, _ work: @escaping () -> Void) -> Timer {
        schedule(at: time + delay, work)
    }

    /// Runs `work` once, no earlier than at `deadline`.
    @discardableResult
    public func schedule(at deadline: MonotonicTime, _ work: @escaping () -> Void) -> Timer {
        let timer = Timer(deadline: deadline, work: work)
        timers.insert(timer)
        return timer
    }

    /// Runs `work` once when this turn's descriptors, timers and jobs are done: the place to flush.
    public func atEndOfTurn(_ work: @escaping () -> Void) {
        endOfTurn.append(work)
    }

    /// Runs `work` in a task, as soon as what brought it here has returned to the loop.
    package func perform(_ work: any LoopWork) {
        self.work.append(work)
    }

    /// The loop's own object of a type, made when it is first asked for: what all users of one loop share. Loop only.
    package func own<Owned: AnyObject>(_ make: () -> Owned) -> Owned {
        if let owned = owned[ObjectIdentifier(Owned.self)] as? Owned { return owned }
        let fresh = make()
        // What it holds may hold the loop.
        if isRunning { owned[ObjectIdentifier(Owned.self)] = fresh }
        return fresh
    }

    func nextWork() -> (any LoopWork)? { work.popFirst() }

    /// Keeps a task that has done its work for the next one; false when there are enough.
    func keep(_ task: LoopTask) -> Bool {
        guard isRunning, restingTasks.count < Limits.restingTasks else { return false }
        restingTasks.append(task)
        return true
    }

    func modify(_ watch: Watch) {
        if let kernel { return kernel.changed(watch) }
        var event = unsafe epoll_event(events: watch.interest.events, data: epoll_data_t(u64: UInt64(watch.slot)))
        _ = unsafe epoll_ctl(epoll, EPOLL_CTL_MOD, watch.descriptor, &event)
    }

    func remove(_ watch: Watch) {
        if let kernel { return kernel.changed(watch) }
        var event = unsafe epoll_event()
        _ = unsafe epoll_ctl(epoll, EPOLL_CTL_DEL, watch.descriptor, &event)
        // The slot is reused only after this turn, so that an event taken already cannot reach a newcomer.
        watches[watch.slot] = nil
        let slot = watch.slot
        atEndOfTurn { self.freeSlots.append(slot) }
    }

    // MARK: The turn

    private func run() {
        thread.store(Thread.current, ordering: .relaxed)
        unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Limits.eventsPerTurn) { events in
            while isRunning {
                unsafe turn(events)
            }
        }
        end()
    }

    /// Runs what is queued; what comes later is dropped.
    func end() {
        isRunning = false
        runWork()
        while let task = restingTasks.popLast() { task.begin() }
        drainInbox()
        runJobs()
        let dropped = inbox.withLock { inbox in
            inbox.isClosed = true
            defer { inbox.jobs = [] }
            return inbox.jobs
        }
        jobs.removeAll()
        owned = [:]
        // The number of an ended thread may become another's.
        thread.store(0, ordering: .relaxed)
        _ = consume dropped
    }

    private func turn(_ events: UnsafeMutableBufferPointer<epoll_event>) {
        let count = unsafe epoll_wait(epoll, events.baseAddress, Int32(events.count), waitMilliseconds())
        unsafe turnBegan = .now()
        pulse.begin(at: now)
        for index in 0..<max(0, Int(count)) {
            let event = unsafe events[index]
            if unsafe event.data.u64 == EventLoop.wakeUpSlot {
                var value: UInt64 = 0
                _ = unsafe read(wakeUp, &value, 8)
                continue
            }
            let slot = unsafe Int(truncatingIfNeeded: event.data.u64)
            watches[slot]?.ready?(Readiness(events: unsafe event.events))
            // While what one connection brought is in the cache.
            runWork()
        }
        while let work = timers.popDue(at: now) { work() }
        drainInbox()
        runJobs()
        runWork()
        runEndOfTurn()
        ended = .now()
        pulse.end(at: ended)
    }

    private func waitMilliseconds() -> Int32 {
        if !jobs.isEmpty || !work.isEmpty || !endOfTurn.isEmpty { return 0 }
        guard let next = timers.next else { return -1 }
        if next <= ended { return 0 }
        // Rounded up, so that the loop does not wake a moment too early and spin.
        return Int32(clamping: (next.nanoseconds - ended.nanoseconds + 999_999) / 1_000_000)
    }

    func drainInbox() {
        guard wakePending.exchange(false, ordering: .acquiringAndReleasing) else { return }
        let arrived = inbox.withLock { inbox in
            let jobs = inbox.jobs
            inbox.jobs.removeAll(keepingCapacity: false)
            return jobs
        }
        for work in arrived { jobs.append(work) }
    }

    func runJobs(atMost count: Int = Limits.jobsPerTurn) {
        var budget = count
        let executor = unsafe asUnownedTaskExecutor()
        while budget > 0, let work = jobs.popFirst() {
            budget -= 1
            switch work {
            case .job(let job):
                unsafe job.runSynchronously(on: executor)
            case .closure(let closure):
                closure()
            }
        }
    }

    /// Runs what `perform` was given, and the jobs that come of it. Not from within such work. Loop only.
    ///
    /// One task runs all of it, unless a piece suspends: then the next task goes on behind that.
    package func runWork() {
        while !work.isEmpty {
            (restingTasks.popLast() ?? LoopTask(on: self)).begin()
            runJobs()
        }
    }

    func runEndOfTurn() {
        // What flushing marks anew waits for the next turn, which begins at once.
        guard !endOfTurn.isEmpty else { return }
        var pending: [() -> Void] = []
        swap(&pending, &endOfTurn)
        for work in pending { work() }
    }
}
