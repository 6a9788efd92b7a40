internal import Glibc
public import Net

/// Carries out an attack, on the thread that calls it, with nothing but sockets.
public struct Attacker {
    public struct Report: Sendable {
        /// Connections that were opened, and those that the server ended.
        public var opened = 0
        public var ended = 0
        public var sentBytes = 0
    }

    private let attack: Attack
    private let address: SocketAddress
    private var connections: [AttackConnection?]
    private var report = Report()

    public init(_ attack: Attack, on address: SocketAddress) {
        self.attack = attack
        self.address = address
        connections = (0..<attack.connections).map { _ in nil }
    }

    /// Attacks until `isOver`, which is asked all the time. Throws when a socket cannot be made.
    public mutating func run(until isOver: () -> Bool) throws(NetError) -> Report {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer {
            unsafe scratch.deallocate()
            connections = connections.map { _ in nil }
        }
        while !isOver() {
            var hasMoved = false
            for index in connections.indices {
                if isOver() { break }
                if try unsafe advance(index, scratch) { hasMoved = true }
            }
            if !hasMoved { _ = poll(nil, 0, 1) }
        }
        return report
    }

    /// False when there was nothing to do.
    private mutating func advance(_ index: Int, _ scratch: UnsafeMutableRawBufferPointer) throws(NetError) -> Bool {
        guard let connection = connections[index] else {
            connections[index] = AttackConnection(try Socket.connecting(to: address), attack)
            report.opened += 1
            return true
        }
        let sent = unsafe connection.advance(scratch)
        report.sentBytes += sent ?? 0
        if let sent { return sent > 0 }
        report.ended += 1
        connections[index] = nil
        return true
    }
}

/// One of an attacker's connections.
private final class AttackConnection {
    private let attack: Attack
    private let socket: Socket
    private var unsent: ArraySlice<UInt8>
    private var round = 0
    private var isSilent = false
    private var awaitedEnds = 0
    private var hasHeard = false
    private var ends = StreamEnds()

    init(_ socket: consuming Socket, _ attack: Attack) {
        self.socket = socket
        self.attack = attack
        unsent = attack.opening[...]
    }

    /// Bytes that the kernel took; nil when the connection is over.
    func advance(_ scratch: UnsafeMutableRawBufferPointer) -> Int? {
        if attack.reads, unsafe !read(scratch) { return nil }
        if unsent.isEmpty, attack.hangsUp, round > 0, hasHeard || !attack.awaitsWord { return nil }
        if unsent.isEmpty, !isSilent {
            guard ends.count >= awaitedEnds else { return 0 }
            if let bytes = attack.round(round) { unsent = bytes[...] } else { isSilent = true }
            round += 1
            awaitedEnds += attack.awaitedEnds
        }
        guard !unsent.isEmpty else { return 0 }
        switch unsafe unsent.withUnsafeBytes({ unsafe socket.write($0) }) {
        case .bytes(let count):
            unsent = unsent.dropFirst(count)
            return count
        // Not connected yet, or the server does not read.
        case .wouldBlock: return 0
        case .failed(.system(_, ENOTCONN)): return 0
        case .end, .failed: return nil
        }
    }

    /// False at the end.
    private func read(_ scratch: UnsafeMutableRawBufferPointer) -> Bool {
        while true {
            switch unsafe socket.read(into: scratch) {
            case .bytes(let count):
                hasHeard = true
                if attack.awaitedEnds > 0 { unsafe ends.scan(UnsafeRawBufferPointer(rebasing: scratch[..<count])) }
            case .wouldBlock, .failed(.system(_, ENOTCONN)): return true
            case .end, .failed: return false
            }
        }
    }
}

/// How many streams have ended by what the server sends: END_STREAM, or RST_STREAM.
private struct StreamEnds {
    private(set) var count = 0
    private var header: [UInt8] = []
    private var payload = 0

    mutating func scan(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        while position < bytes.count {
            let skipped = min(payload, bytes.count - position)
            payload -= skipped
            position += skipped
            while payload == 0, header.count < 9, position < bytes.count {
                header.append(unsafe bytes[position])
                position += 1
            }
            guard header.count == 9 else { continue }
            payload = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
            let hasEnd = header[3] == Frame.reset || header[3] <= Frame.headers && header[4] & Frame.endStream != 0
            if hasEnd { count += 1 }
            header = []
        }
    }
}
