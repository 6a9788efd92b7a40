internal import CNet
internal import Synchronization

/// A few threads for work that blocks (getaddrinfo, PQcancel, file reads), so that it never stands on a loop.
public final class BlockingPool: Sendable {
    public static let shared = BlockingPool()

    private struct State {
        var queue: [@Sendable () -> Void] = []
        var threads = 0
        var idle = 0
    }

    private let state = Mutex(State())
    private let work = Semaphore()

    public init() {}

    /// Runs `body` on one of the pool's threads. Throws what it throws, or `NetError.overloaded` when too much waits already.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try submit { continuation.resume(with: Result { try body() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private func submit(_ body: @escaping @Sendable () -> Void) throws(NetError) {
        enum Verdict { case queued, needsThread, refused }
        let verdict: Verdict = state.withLock { state in
            guard state.queue.count < Limits.blockingQueue else { return .refused }
            state.queue.append(body)
            if state.queue.count > state.idle, state.threads < Limits.blockingThreads {
                state.threads += 1
                return .needsThread
            }
            return .queued
        }
        switch verdict {
        case .refused: throw .overloaded
        case .needsThread: try Thread.start(name: "blocking") { self.serve() }
        case .queued: break
        }
        work.signal()
    }

    private func serve() {
        while true {
            state.withLock { $0.idle += 1 }
            work.wait()
            let body = state.withLock { state in
                state.idle -= 1
                return state.queue.isEmpty ? nil : state.queue.removeFirst()
            }
            body?()
        }
    }
}

/// A counting semaphore of the C library, at a stable address.
@safe
private final class Semaphore: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { unsafe sem_init(semaphore, 0, 0) }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    func signal() { unsafe sem_post(semaphore) }

    func wait() {
        while unsafe sem_wait(semaphore) != 0 {}
    }
}
