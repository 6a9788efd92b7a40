internal import Net

extension EventLoop {
    /// Runs `body` in a task of this loop, which is cancelled when the caller is.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
        let task = Task(executorPreference: self) { await body() }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
