internal import Net

extension EventLoop {
    /// Suspends until the descriptor is ready, once. False when the deadline came first, the task is cancelled, or the loop refuses the
    /// descriptor.
    func wait(for descriptor: Int32, _ interest: Interest, until deadline: MonotonicTime) async -> Bool {
        let wait = Confined(DescriptorWait(), to: self)
        return await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { continuation in
                runHere {
                    wait.value.begin(descriptor, interest, until: deadline, on: self) { unsafe continuation.resume(returning: $0) }
                }
            }
        } onCancel: {
            execute { wait.value.cancel() }
        }
    }
}

/// One wait for a descriptor, confined to its loop. The loop's watch and timer keep it alive.
private final class DescriptorWait {
    private var complete: ((Bool) -> Void)?
    private var watch: Watch?
    private var timer: Timer?
    private var isCancelled = false

    func cancel() {
        isCancelled = true
        end(false)
    }

    func begin(
        _ descriptor: Int32, _ interest: Interest, until deadline: MonotonicTime, on loop: EventLoop,
        _ complete: @escaping (Bool) -> Void
    ) {
        if isCancelled { return complete(false) }
        self.complete = complete
        do throws(NetError) {
            watch = try loop.watch(descriptor, for: interest) { _ in self.end(true) }
            timer = loop.schedule(at: deadline) { self.end(false) }
        } catch {
            end(false)
        }
    }

    private func end(_ isReady: Bool) {
        watch?.cancel()
        timer?.cancel()
        (watch, timer) = (nil, nil)
        complete?(isReady)
        complete = nil
    }
}
