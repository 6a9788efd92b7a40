/// What a task of a loop runs from beginning to end.
///
/// In three parts, since a function that goes on after an `await` has to find its executor first, which takes a lock: `run` ends with one.
package protocol LoopWork: AnyObject, Sendable {
    /// False when there is nothing to run any more. `task` may be cancelled until `ended`; then it is others'.
    func begins(on task: LoopTask) -> Bool
    func run() async throws
    /// With what `run` threw, if it did.
    func ended(_ error: (any Error)?)
}

/// A task that runs one piece of its loop's work after another: to make one for each would cost more than a short call does, and
/// each would come with a stack that no cache has seen. Work that suspends keeps its task; another one takes up what is behind it.
/// Confined to its loop.
@safe
package final class LoopTask: @unchecked Sendable {
    private let loop: EventLoop
    private var task: Task<Void, Never>?
    private var rest: UnsafeContinuation<Void, Never>?
    private var isCancelled = false

    init(on loop: EventLoop) {
        self.loop = loop
    }

    /// Takes up the loop's work, with its next jobs.
    func begin() {
        // A new one rests first, so that `task` is known when its work is cancelled.
        if task == nil { task = Task.immediate(executorPreference: loop) { await self.serve() } }
        unsafe rest?.resume()
        unsafe rest = nil
    }

    /// Cancels the work that runs.
    package func cancel() {
        isCancelled = true
        task?.cancel()
    }

    private func serve() async {
        let priority = Task.currentPriority
        // Cancelled once is cancelled for ever, and a priority that was raised stays so: then the next work needs another task. Nothing
        // else that work does to its task is left when it returns: task-locals and handlers of cancellation are scopes.
        var isFresh: Bool { !isCancelled && Task.currentPriority == priority }
        repeat {
            await unsafe withUnsafeContinuation { unsafe rest = $0 }
            while isFresh, let work = loop.nextWork() {
                guard work.begins(on: self) else { continue }
                do {
                    try await work.run()
                    work.ended(nil)
                } catch {
                    work.ended(error)
                }
            }
        } while isFresh && loop.keep(self)
        task = nil
    }
}
