internal import CNet
internal import Glibc

/// One bound and listening socket, without SO_REUSEPORT: a second server on the same port is refused, not mixed in.
public final class Listener: Sendable {
    private let socket: Socket
    public let address: SocketAddress

    /// Binds and listens for a server on `loop`. Port 0 takes a free one; `address` then tells which. Throws `NetError.system` with
    /// `EADDRINUSE` when another process listens there.
    public init(on address: SocketAddress, for loop: EventLoop? = nil) throws(NetError) {
        if let kernel = loop?.kernel {
            let bound = try kernel.listen(on: address)
            socket = Socket(adopting: bound.descriptor)
            self.address = bound.address
            return
        }
        let socket = Socket(adopting: switchboard_stream_socket(address.family))
        guard socket.descriptor >= 0 else { throw .last("socket") }
        var one: Int32 = 1
        // Without it a restarted server waits a minute for the old connections' TIME_WAIT.
        _ = unsafe setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe address.withSockaddr({ unsafe bind(socket.descriptor, $0, $1) }) == 0 else { throw .last("bind to \(address)") }
        guard listen(socket.descriptor, Limits.listenBacklog) == 0 else { throw .last("listen on \(address)") }
        if case .unix = address { self.address = address } else { self.address = socket.localAddress ?? address }
        self.socket = socket
    }

    /// Calls `accepted` for every new connection until the watch is cancelled. Loop only. `pace` runs each round of it when it may be, on the
    /// loop; until then whoever connects waits in the kernel's queue.
    ///
    /// When the process is out of descriptors the listener rests for 50 ms: level-triggered, it would spin.
    public func watch(
        on loop: EventLoop, pace: @escaping (@escaping () -> Void) -> Void, _ accepted: @escaping (consuming Socket) -> Void
    ) throws(NetError) -> Watch {
        var watch: Watch?
        let made = try loop.watch(socket.descriptor, for: .read) { [unowned loop] _ in
            guard let watch else { return }
            watch.update([])
            pace {
                // Nobody listens any more.
                guard watch.ready != nil else { return }
                if self.acceptRound(accepted) {
                    watch.update(.read)
                } else {
                    loop.schedule(after: .milliseconds(50)) { watch.update(.read) }
                }
            }
        }
        watch = made
        return made
    }

    public func watch(on loop: EventLoop, _ accepted: @escaping (consuming Socket) -> Void) throws(NetError) -> Watch {
        try watch(on: loop, pace: { $0() }, accepted)
    }

    /// False when the process is out of descriptors.
    private func acceptRound(_ accepted: (consuming Socket) -> Void) -> Bool {
        for _ in 0..<Limits.acceptsPerTurn {
            let descriptor = accept()
            if descriptor != -1 {
                let connection = Socket(adopting: descriptor)
                connection.sendWithoutDelay()
                accepted(connection)
            } else if errno != EINTR && errno != ECONNABORTED {
                return errno == EAGAIN
            }
        }
        return true
    }

    /// A descriptor, or -1 and an errno.
    private func accept() -> Int32 {
        if socket.descriptor >= 0 { return switchboard_accept(socket.descriptor) }
        if let descriptor = SimulatedDescriptors.kernel(of: socket.descriptor)?.accept(socket.descriptor) { return descriptor }
        errno = EAGAIN
        return -1
    }
}
