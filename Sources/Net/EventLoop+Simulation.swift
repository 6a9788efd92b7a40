internal import Synchronization

extension EventLoop {
    /// The clock, read anew: the machine's, or that of the simulation which the loop is part of. From any thread.
    public var time: MonotonicTime {
        kernel?.now ?? .now()
    }

    /// One turn of a loop that has no thread, on the caller's: `ready` are watches of this loop and what they are told, and at most `count`
    /// jobs run that no work of the turn waits for.
    package func takeTurn(ready: [(watch: Watch, readiness: Readiness)], jobs count: Int) {
        thread.store(Thread.current, ordering: .relaxed)
        defer { thread.store(0, ordering: .relaxed) }
        unsafe turnBegan = time
        for (watch, readiness) in ready {
            watch.ready?(readiness)
            runWork()
        }
        while let work = timers.popDue(at: now) { work() }
        drainInbox()
        runJobs(atMost: count)
        runWork()
        runEndOfTurn()
    }

    /// The last turn of a loop that has no thread. What waits for a time is dropped.
    package func endTurns() {
        thread.store(Thread.current, ordering: .relaxed)
        timers = TimerQueue()
        endOfTurn = []
        end()
    }

    /// Whether a turn would find anything to do, descriptors aside.
    package func hasWork(at time: MonotonicTime) -> Bool {
        !jobs.isEmpty || !work.isEmpty || !endOfTurn.isEmpty || wakePending.load(ordering: .relaxed)
            || timers.next.map { $0 <= time } == true
    }

    /// Timers that have neither fired nor been cancelled. Loop only.
    package var pendingTimers: Int { timers.count }

    /// When its next timer is due.
    package var nextTimer: MonotonicTime? { timers.next }
}
