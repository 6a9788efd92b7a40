internal import Net

/// One end of a connection in memory: what has arrived here and was not read yet, and how it stands. Confined to its network's thread.
final class MemoryStream {
    enum Phase {
        case connecting
        case open
        case failed(NetError)
    }

    /// `3>` is the client's end of the third connection, `3<` the server's.
    let name: String
    let descriptor: Int32
    let local: SocketAddress
    let remote: SocketAddress
    /// Bytes that may be on their way here or wait here at once.
    let capacity: Int
    var phase = Phase.connecting
    /// Nil when it has been closed.
    weak var other: MemoryStream?
    private var bytes: [UInt8] = []
    private var taken = 0
    var bytesOnTheWay = 0
    /// The other side has ended, and all that it sent has arrived.
    var hasEnd = false
    /// We have ended our side.
    var isFinished = false
    /// Nothing arrives here before what was sent earlier.
    var lastArrival = MonotonicTime(nanoseconds: 0)
    var readableFrom = MonotonicTime(nanoseconds: 0)

    init(_ name: String, _ descriptor: Int32, local: SocketAddress, remote: SocketAddress, capacity: Int) {
        (self.name, self.descriptor, self.local, self.remote, self.capacity) = (name, descriptor, local, remote, capacity)
    }

    var unreadBytes: Int { bytes.count - taken }
    var room: Int { capacity - unreadBytes - bytesOnTheWay }

    func arrive(_ more: [UInt8]) {
        bytesOnTheWay -= more.count
        bytes += more
    }

    /// At most `count` of what has arrived.
    func take(_ count: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(count, unreadBytes, buffer.count)
        unsafe bytes.withUnsafeBytes { unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[taken..<taken + count])) }
        taken += count
        if taken == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            taken = 0
        }
        return count
    }

    /// What epoll would say.
    func readiness(for interest: Interest, at now: MonotonicTime) -> Readiness {
        switch phase {
        case .connecting: return []
        case .failed: return [.read, .write, .hangUp]
        case .open:
            var readiness: Readiness = []
            if interest.contains(.read), unreadBytes > 0 || hasEnd, now >= readableFrom { readiness.insert(.read) }
            // A write to who has closed does not wait either: it fails.
            if interest.contains(.write), other.map({ $0.room > 0 }) ?? true { readiness.insert(.write) }
            return readiness
        }
    }
}

/// A listening socket in memory, and who waits to be accepted.
final class MemoryListener {
    let descriptor: Int32
    let address: SocketAddress
    var backlog: [MemoryStream] = []

    init(_ descriptor: Int32, _ address: SocketAddress) {
        (self.descriptor, self.address) = (descriptor, address)
    }
}
