internal import Glibc
internal import Synchronization

/// A few threads for work that blocks (getaddrinfo, PQcancel, file reads), so that it never stands on a loop.
public final class BlockingPool: Sendable {
    public static let shared = BlockingPool()

    private struct Work {
        let run: @Sendable () -> Void
        let refuse: @Sendable (NetError) -> Void
    }

    private struct State {
        var queue: [Work] = []
        var threads = 0
        var idle = 0
    }

    private let state = Mutex(State())
    private let arrivals = Semaphore()

    public init() {}

    /// Runs `body` on one of the pool's threads. Throws what it throws, or a `NetError` when too much waits already or no thread can be had.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit(
                Work(run: { continuation.resume(with: Result { try body() }) }, refuse: { continuation.resume(throwing: $0) }))
        }
    }

    /// Runs `body` on one of the pool's threads, for nobody who waits. `refuse` is called at once instead when `run` would throw.
    public func start(_ body: @escaping @Sendable () -> Void, orElse refuse: @escaping @Sendable (NetError) -> Void) {
        submit(Work(run: body, refuse: refuse))
    }

    /// Holds the calling thread up: for work that runs on this pool only.
    public static func pause(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var rest = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        unsafe withUnsafeMutablePointer(to: &rest) { rest in
            while unsafe nanosleep(rest, rest) != 0, errno == EINTR {}
        }
    }

    private func submit(_ work: Work) {
        enum Verdict { case queued, needsThread, refused }
        let verdict: Verdict = state.withLock { state in
            guard state.queue.count < Limits.blockingQueue else { return .refused }
            state.queue.append(work)
            if state.queue.count > state.idle, state.threads < Limits.blockingThreads {
                state.threads += 1
                return .needsThread
            }
            return .queued
        }
        switch verdict {
        case .refused: return work.refuse(.overloaded)
        case .needsThread: startThread()
        case .queued: break
        }
        arrivals.signal()
    }

    /// When the process is out of threads, those of the pool take the work, too; if there is none, nobody ever would.
    private func startThread() {
        do throws(NetError) {
            try Thread.start(name: "blocking") { self.serve() }
        } catch {
            let abandoned = state.withLock { state in
                state.threads -= 1
                guard state.threads == 0 else { return [Work]() }
                defer { state.queue = [] }
                return state.queue
            }
            for work in abandoned { work.refuse(error) }
        }
    }

    private func serve() {
        while true {
            state.withLock { $0.idle += 1 }
            arrivals.wait()
            let work = state.withLock { state in
                state.idle -= 1
                return state.queue.isEmpty ? nil : state.queue.removeFirst()
            }
            work?.run()
        }
    }
}
