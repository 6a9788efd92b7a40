internal import Glibc
internal import Net
internal import Synchronization

/// Sockets in memory, a clock that moves when it is told to, and all that goes wrong between them. Confined to the thread that runs the
/// simulation, but for `now` and `newName`.
final class MemoryNetwork: SimulatedKernel, @unchecked Sendable {
    private let clock = Atomic<UInt64>(Limits.epoch.nanoseconds)
    private let names = Atomic<Int>(0)
    var random: SeededRandom
    var faults: Faults
    var agenda = Agenda()
    var journal = Journal()
    private(set) var watches: [Watch] = []
    private var streams: [Int32: MemoryStream] = [:]
    private var listeners: [Int32: MemoryListener] = [:]
    private var listening: [SocketAddress: MemoryListener] = [:]
    private var connects = 0
    private var lastPort: UInt16 = 1023

    init(seed: UInt64, faults: Faults) {
        random = SeededRandom(seed: seed)
        self.faults = faults
    }

    func newName() -> String { "simulated-\(names.add(1, ordering: .relaxed).newValue)" }

    // MARK: Time

    var now: MonotonicTime { MonotonicTime(nanoseconds: clock.load(ordering: .relaxed)) }

    func advance(to time: MonotonicTime) {
        clock.store(max(time, now).nanoseconds, ordering: .relaxed)
    }

    private func delay() -> Duration { random.duration(upTo: faults.longestDelay) }

    func note(_ event: @autoclosure () -> String, _ numbers: Int...) {
        journal.note(event(), numbers, at: now)
    }

    // MARK: Connecting

    private func freePort() -> UInt16 {
        lastPort = lastPort == .max ? 1024 : lastPort + 1
        return lastPort
    }

    private func capacity() -> Int {
        random.chance(faults.smallBuffers) ? Int.random(in: 64...8192, using: &random) : Limits.bufferBytes
    }

    func connect(to address: SocketAddress) throws(NetError) -> Int32 {
        connects += 1
        let local = SocketAddress.ipv4([127, 0, 0, 1], port: freePort())
        let descriptor = SimulatedDescriptors.make(for: self)
        let client = MemoryStream("\(connects)>", descriptor, local: local, remote: address, capacity: capacity())
        streams[descriptor] = client
        note("\(client.name) connects to \(address)", connects)
        let name = "\(connects)<"
        agenda.add(at: now + delay()) { [weak client] in
            if let client { self.arrived(client, name) }
        }
        return descriptor
    }

    private func arrived(_ client: MemoryStream, _ name: String) {
        guard streams[client.descriptor] === client else { return }
        guard let listener = listening[client.remote], !random.chance(faults.refusedConnects) else {
            note("\(client.name) is refused")
            client.phase = .failed(.system(operation: "connect to \(client.remote)", code: ECONNREFUSED))
            return
        }
        let server = MemoryStream(
            name, SimulatedDescriptors.make(for: self), local: client.remote, remote: client.local, capacity: capacity())
        streams[server.descriptor] = server
        (client.other, server.other) = (server, client)
        (client.phase, server.phase) = (.open, .open)
        listener.backlog.append(server)
        note("\(client.name) stands")
    }

    func connectError(_ descriptor: Int32) -> NetError? {
        if case .failed(let error) = streams[descriptor]?.phase { return error }
        return nil
    }

    func listen(on address: SocketAddress) throws(NetError) -> (descriptor: Int32, address: SocketAddress) {
        var bound = address
        switch address {
        case .ipv4(let bytes, port: 0): bound = .ipv4(bytes, port: freePort())
        case .ipv6(let bytes, port: 0, let scope): bound = .ipv6(bytes, port: freePort(), scope: scope)
        default: break
        }
        guard listening[bound] == nil else { throw .system(operation: "bind to \(bound)", code: EADDRINUSE) }
        let listener = MemoryListener(SimulatedDescriptors.make(for: self), bound)
        listeners[listener.descriptor] = listener
        listening[bound] = listener
        note("somebody listens on \(bound)")
        return (listener.descriptor, bound)
    }

    func accept(_ listener: Int32) -> Int32? {
        guard let listener = listeners[listener], !listener.backlog.isEmpty else { return nil }
        // Not in their order: those who connected at once may be taken in any.
        let stream = listener.backlog.remove(at: Int.random(in: 0..<listener.backlog.count, using: &random))
        note("\(stream.name) is accepted")
        return stream.descriptor
    }

    func addresses(of descriptor: Int32) -> (local: SocketAddress, remote: SocketAddress?)? {
        if let stream = streams[descriptor] { return (stream.local, stream.remote) }
        return listeners[descriptor].map { ($0.address, nil) }
    }

    // MARK: Bytes

    func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Socket.Transfer {
        guard let stream = streams[descriptor] else { return .failed(.system(operation: "read", code: EBADF)) }
        if stream.unreadBytes > 0, now >= stream.readableFrom {
            let wanted = random.chance(faults.splits) ? Int.random(in: 1...stream.unreadBytes, using: &random) : stream.unreadBytes
            let count = unsafe stream.take(wanted, into: buffer)
            note("\(stream.name) reads", count)
            return .bytes(count)
        }
        if case .failed(let error) = stream.phase { return .failed(error) }
        return stream.hasEnd && stream.unreadBytes == 0 ? .end : .wouldBlock
    }

    func write(_ buffer: UnsafeRawBufferPointer, to descriptor: Int32) -> Socket.Transfer {
        guard let stream = streams[descriptor] else { return .failed(.system(operation: "write", code: EBADF)) }
        if case .failed(let error) = stream.phase { return .failed(error) }
        guard !stream.isFinished else { return .failed(.system(operation: "write", code: EPIPE)) }
        guard let other = stream.other else {
            // Nobody is there any more: what is sent is answered by a reset.
            fail(stream, after: delay())
            return .bytes(buffer.count)
        }
        let room = min(other.room, buffer.count)
        guard room > 0 else { return .wouldBlock }
        let count = random.chance(faults.splits) ? Int.random(in: 1...room, using: &random) : room
        note("\(stream.name) writes", count)
        send(unsafe Array(buffer.prefix(count)), to: other)
        if random.chance(faults.resets) { reset(stream) }
        return .bytes(count)
    }

    private func send(_ bytes: [UInt8], to other: MemoryStream) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = random.chance(faults.splits) ? Int.random(in: 1...rest.count, using: &random) : rest.count
            let piece = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            other.bytesOnTheWay += count
            other.lastArrival = max(other.lastArrival, now + delay())
            agenda.add(at: other.lastArrival) { [weak other] in
                if let other { self.arrive(piece, at: other) }
            }
        }
    }

    private func arrive(_ piece: [UInt8], at stream: MemoryStream) {
        guard case .open = stream.phase else { return }
        stream.arrive(piece)
        guard random.chance(faults.slowReads) else { return }
        stream.readableFrom = max(stream.readableFrom, now + random.duration(upTo: faults.longestPause))
        note("\(stream.name) does not read for a while")
        // So that the clock goes no further.
        agenda.add(at: stream.readableFrom) {}
    }

    // MARK: Ending

    func shutdownWriting(_ descriptor: Int32) {
        guard let stream = streams[descriptor], !stream.isFinished else { return }
        stream.isFinished = true
        guard let other = stream.other else { return }
        other.lastArrival = max(other.lastArrival, now + delay())
        agenda.add(at: other.lastArrival) { [weak other] in other?.hasEnd = true }
    }

    func close(_ descriptor: Int32) {
        SimulatedDescriptors.remove(descriptor)
        if let listener = listeners.removeValue(forKey: descriptor) {
            listening[listener.address] = nil
            for stream in listener.backlog { close(stream.descriptor) }
            return
        }
        guard let stream = streams[descriptor] else { return }
        note("\(stream.name) is closed")
        if let other = stream.other {
            // Whoever closes without having read all resets (RFC 1122 §4.2.2.13).
            if stream.unreadBytes > 0 || stream.bytesOnTheWay > 0 { fail(other, after: delay()) }
            shutdownWriting(descriptor)
            other.other = nil
        }
        streams[descriptor] = nil
    }

    private func fail(_ stream: MemoryStream, after delay: Duration) {
        agenda.add(at: now + delay) { [weak stream] in
            guard let stream, case .open = stream.phase else { return }
            stream.phase = .failed(.system(operation: "read", code: ECONNRESET))
        }
    }

    private func reset(_ stream: MemoryStream) {
        note("\(stream.name) is reset")
        for end in [stream, stream.other] {
            end?.phase = .failed(.system(operation: "read", code: ECONNRESET))
            end?.bytesOnTheWay = 0
        }
    }

    /// Resets every connection that stands, now.
    func resetAll() {
        for watch in watches {
            if let stream = streams[watch.descriptor], case .open = stream.phase { reset(stream) }
        }
    }

    // MARK: Watching

    func changed(_ watch: Watch) {
        if watch.ready == nil {
            watches.removeAll { $0 === watch }
        } else if !watches.contains(where: { $0 === watch }) {
            watches.append(watch)
        }
    }

    /// What `watch` would be told now; nothing when that is empty.
    func readiness(of watch: Watch) -> Readiness {
        if let listener = listeners[watch.descriptor] {
            return watch.interest.contains(.read) && !listener.backlog.isEmpty ? .read : []
        }
        return streams[watch.descriptor]?.readiness(for: watch.interest, at: now) ?? []
    }

    /// Sockets that somebody has open.
    var openSockets: Int { streams.count + listeners.count }

    /// Ends every socket, when the simulation is over.
    func removeAll() {
        agenda.removeAll()
        for descriptor in Array(streams.keys) + Array(listeners.keys) { SimulatedDescriptors.remove(descriptor) }
        (streams, listeners, listening, watches) = ([:], [:], [:], [])
    }
}
