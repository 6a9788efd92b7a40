internal import Net

/// A connection from a proxy that has not yet said whose it is. Confined to its loop; it is gone when it has said so, or too late.
final class ProxiedSocket {
    enum End {
        /// The bytes behind the header are this client's.
        case client(SocketAddress)
        /// They are the proxy's own.
        case proxy
        case violation(Violation)
        /// The proxy has gone, or we have.
        case closed
    }

    private let descriptor: Int32
    private var header = ProxyHeader()
    private var watch: Watch?
    private var timer: Timer?
    /// Nil once it was told.
    private var ended: ((consuming Socket, End) -> Void)?

    /// Calls `ended` once, unless this throws: then the socket is closed.
    init(
        _ socket: consuming Socket, on loop: EventLoop, timeout: Duration, ended: @escaping (consuming Socket, End) -> Void
    ) throws(NetError) {
        descriptor = socket.descriptor
        // Both hold this object until its end cancels them.
        watch = try loop.watch(descriptor, for: .read) { _ in self.read(on: loop) }
        timer = loop.schedule(after: timeout) { self.end(.violation(.handshakeTimeout)) }
        self.ended = ended
        _ = socket.release()
    }

    /// It was told how it ended.
    var hasEnded: Bool { ended == nil }

    func close() { end(.closed) }

    /// Exactly as much as the header has: TLS begins behind it.
    private func read(on loop: EventLoop) {
        while ended != nil, header.wanted > 0 {
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: loop.scratch.prefix(header.wanted))
            // Lent for the read: it is closed at the end alone.
            let socket = Socket(adopting: descriptor)
            let transfer = unsafe socket.read(into: room)
            _ = socket.release()
            switch transfer {
            case .bytes(let count):
                do throws(ProxyHeader.Failure) {
                    try header.take(unsafe Array(room.prefix(count)))
                } catch {
                    return end(.violation(.proxyHeader))
                }
            case .wouldBlock: return
            case .end, .failed: return end(.closed)
            }
        }
        switch header.result {
        case .client(let address): end(.client(address))
        case .proxy: end(.proxy)
        case nil: break
        }
    }

    private func end(_ end: End) {
        guard let ended = ended.take() else { return }
        watch?.cancel()
        timer?.cancel()
        watch = nil
        timer = nil
        ended(Socket(adopting: descriptor), end)
    }
}
