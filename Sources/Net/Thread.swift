internal import CNet

/// A detached POSIX thread: loops and the blocking pool run on these, not on Swift's cooperative pool.
enum Thread {
    /// Identifies the calling thread; never zero.
    static var current: UInt {
        UInt(pthread_self())
    }

    private final class Start {
        let name: String
        let body: () -> Void
        init(name: String, body: @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Runs `body` on a thread of its own. `name` shows in debuggers and `top -H` (15 bytes of it).
    static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(NetError) {
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { unsafe pthread_attr_destroy(&attributes) }
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body)).toOpaque()
        let code = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                unsafe pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
                start.body()
                return nil
            }, start)
        if code != 0 {
            unsafe Unmanaged<Start>.fromOpaque(start).release()
            throw .system(operation: "pthread_create", code: code)
        }
    }
}
