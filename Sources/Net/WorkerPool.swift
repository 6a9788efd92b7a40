internal import CNet
internal import Synchronization

/// Threads for handlers that compute for long, or block: as many as there are processors, each worth less to the kernel than a loop's, so
/// that loops go on as if nobody else were there.
///
/// A `TaskExecutor`: `Task(executorPreference: WorkerPool.shared) { … }`. Jobs run in the order in which they came; how many may wait is
/// for those who bring them to limit.
public final class WorkerPool: TaskExecutor, @unchecked Sendable {
    public static let shared = WorkerPool()

    private struct State {
        var jobs = Queue<UnownedJob>()
        var threads = 0
        /// Those that wait for a job that nobody has taken for them yet.
        var idle = 0
    }

    private let most: Int
    private let state = Mutex(State())
    private let arrivals = Semaphore()

    /// `threads` is how many there may be, or nil for one for each processor. They begin when they are needed, and stay.
    public init(threads: Int? = nil) {
        most = max(1, threads ?? EventLoopGroup.processors)
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let needsThread = state.withLock { state in
            state.jobs.append(job)
            guard state.jobs.count > state.idle, state.threads < most else { return false }
            state.threads += 1
            return true
        }
        if needsThread { startThread() }
        arrivals.signal()
    }

    /// Jobs that wait for a thread.
    public var waitingJobs: Int { state.withLock { $0.jobs.count } }

    /// When the process is out of threads, those of the pool do it all; if there is none, Swift's own threads must.
    private func startThread() {
        do throws(NetError) {
            try Thread.start(name: "worker") {
                _ = switchboard_be_nice(Limits.workerNiceness)
                self.serve()
            }
        } catch {
            let stranded = state.withLock { state in
                state.threads -= 1
                guard state.threads == 0 else { return [UnownedJob]() }
                var jobs: [UnownedJob] = []
                while let job = state.jobs.popFirst() { jobs.append(job) }
                return jobs
            }
            for job in stranded { globalConcurrentExecutor.enqueue(job) }
        }
    }

    private func serve() {
        let executor = unsafe asUnownedTaskExecutor()
        while true {
            state.withLock { $0.idle += 1 }
            arrivals.wait()
            let job = state.withLock { state in
                state.idle -= 1
                return state.jobs.popFirst()
            }
            if let job { unsafe job.runSynchronously(on: executor) }
        }
    }
}
