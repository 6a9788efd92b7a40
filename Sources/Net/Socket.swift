internal import CNet
internal import Glibc

/// A non-blocking stream socket. It closes its descriptor when it is closed or dropped. A negative descriptor is one of a simulation.
public struct Socket: ~Copyable, Sendable {
    public let descriptor: Int32

    public init(adopting descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        if descriptor >= 0 { close(descriptor) } else { SimulatedDescriptors.kernel(of: descriptor)?.close(descriptor) }
    }

    /// Gives the descriptor away: from now on somebody else closes it.
    public consuming func release() -> Int32 {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    /// What a read or a write came to.
    public enum Transfer: Sendable, Equatable {
        case bytes(Int)
        /// Nothing now; the loop will say when.
        case wouldBlock
        /// The peer has ended its side (reads only).
        case end
        case failed(NetError)
    }

    /// Begins a connection for a user on `loop`; the socket becomes writable when it stands or has failed (see `connectError`).
    public static func connecting(to address: SocketAddress, on loop: EventLoop? = nil) throws(NetError) -> Socket {
        if let kernel = loop?.kernel { return Socket(adopting: try kernel.connect(to: address)) }
        let socket = Socket(adopting: switchboard_stream_socket(address.family))
        guard socket.descriptor >= 0 else { throw .last("socket") }
        socket.sendWithoutDelay()
        let code = unsafe address.withSockaddr { unsafe connect(socket.descriptor, $0, $1) }
        if code != 0, errno != EINPROGRESS { throw .last("connect to \(address)") }
        return socket
    }

    /// Why the connection that was begun does not stand, or nil if it does.
    public func connectError(to address: SocketAddress) -> NetError? {
        if descriptor < 0 { return SimulatedDescriptors.kernel(of: descriptor)?.connectError(descriptor) }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return .last("getsockopt") }
        return code == 0 ? nil : .system(operation: "connect to \(address)", code: code)
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        if descriptor < 0 { return unsafe SimulatedDescriptors.read(descriptor, into: buffer) }
        while true {
            let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .failed(.last("read"))
        }
    }

    /// Never raises SIGPIPE.
    public func write(_ buffer: UnsafeRawBufferPointer) -> Transfer {
        if descriptor < 0 { return unsafe SimulatedDescriptors.write(buffer, to: descriptor) }
        while true {
            let count = unsafe send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .failed(.last("write"))
        }
    }

    /// Ends our side of the connection; what is in flight still arrives.
    public func shutdownWriting() {
        if descriptor < 0 { return SimulatedDescriptors.kernel(of: descriptor)?.shutdownWriting(descriptor) ?? () }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Small frames leave at once: the flush at the end of the turn already gathers them (RFC 9113 has request and reply in
    /// many small frames, which Nagle's algorithm would hold back for an acknowledgement).
    public func sendWithoutDelay() {
        var one: Int32 = 1
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    /// What was sent and is not acknowledged within `time` ends the connection (`TCP_USER_TIMEOUT`): otherwise the kernel sends it again
    /// for a quarter of an hour. Nothing for Unix sockets.
    public func giveUpUnacknowledged(after time: Duration) {
        var milliseconds = UInt32(clamping: max(1, time.wholeNanoseconds / 1_000_000))
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, socklen_t(MemoryLayout<UInt32>.size))
    }

    /// The peer will send no more than is here to be read. A look at the kernel, for those who would do something costly for it.
    public var hasPeerEnded: Bool {
        guard descriptor >= 0 else { return false }
        var look = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: EPOLLRDHUP.rawValue), revents: 0)
        return unsafe poll(&look, 1, 0) > 0
    }

    public var localAddress: SocketAddress? {
        if descriptor < 0 { return SimulatedDescriptors.kernel(of: descriptor)?.addresses(of: descriptor)?.local }
        return unsafe SocketAddress.read { address, length in unsafe getsockname(descriptor, address, length) }
    }

    public var remoteAddress: SocketAddress? {
        if descriptor < 0 { return SimulatedDescriptors.kernel(of: descriptor)?.addresses(of: descriptor)?.remote }
        return unsafe SocketAddress.read { address, length in unsafe getpeername(descriptor, address, length) }
    }

    /// The process at the other end of a Unix socket; nil for all others.
    public var peerCredentials: ProcessCredentials? {
        guard descriptor >= 0 else { return nil }
        var credentials = ProcessCredentials(processID: 0, userID: 0, groupID: 0)
        let code = unsafe switchboard_peer_credentials(
            descriptor, &credentials.processID, &credentials.userID, &credentials.groupID)
        return code == 1 ? credentials : nil
    }
}
