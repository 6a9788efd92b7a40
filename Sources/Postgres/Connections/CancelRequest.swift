internal import CPostgres
internal import Net

/// What it takes to cancel the statement of one connection from another thread. It stays valid when the connection is closed.
@safe
final class CancelRequest: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe PQfreeCancel(pointer)
    }

    /// Connects, asks, and returns when the server has closed that connection: by then the signal has been sent, so that a statement that
    /// is sent afterwards is safe from it. Blocks.
    func send() {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { words in
            // Whatever it says, the statement ends or it does not.
            _ = unsafe PQcancel(pointer, words.baseAddress, 256)
        }
    }
}

extension Session {
    func cancelRequest() -> CancelRequest? {
        guard let request = unsafe PQgetCancel(pointer) else { return nil }
        return unsafe CancelRequest(owning: request)
    }
}

/// The requests to cancel one group, until it has come to its end and none is on its way. Confined to the loop.
final class Cancelling {
    /// Threads that no other work waits for: a server that takes no connections holds them for long.
    static let threads = BlockingPool()

    /// What is done when it is over.
    var waiting: [() -> Void] = []
    private let request: CancelRequest
    private let loop: EventLoop
    private let isDone: () -> Bool
    private let tooLate: () -> Void
    private let ended: () -> Void
    private var pause = Limits.cancelRepeat
    private var isOnItsWay = false
    private var timer: Timer?

    init(
        _ request: CancelRequest, on loop: EventLoop, isDone: @escaping () -> Bool, tooLate: @escaping () -> Void,
        ended: @escaping () -> Void
    ) {
        self.request = request
        self.loop = loop
        self.isDone = isDone
        self.tooLate = tooLate
        self.ended = ended
    }

    func begin() {
        timer = loop.schedule(after: Limits.cancelWait) { [weak self] in
            guard let self else { return }
            self.timer = nil
            self.tooLate()
            self.ended()
        }
        send()
    }

    private func send() {
        isOnItsWay = true
        let (request, cancelling, loop) = (request, Confined(self, to: loop), loop)
        Task(executorPreference: loop) {
            // Refused when too many wait for a thread: then the next one may get it.
            try? await Cancelling.threads.run { request.send() }
            loop.execute { cancelling.value.sent() }
        }
    }

    private func sent() {
        isOnItsWay = false
        if endIfDone() || timer == nil { return }
        loop.schedule(after: pause) { [weak self] in
            guard let self, self.timer != nil, !self.endIfDone() else { return }
            self.send()
        }
        pause = pause * 2
    }

    /// Over when the group has come to its end and no request is on its way.
    @discardableResult
    func endIfDone() -> Bool {
        guard timer != nil, !isOnItsWay, isDone() else { return false }
        timer?.cancel()
        timer = nil
        ended()
        return true
    }
}
