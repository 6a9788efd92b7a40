import Net

/// A TCP connection whose bytes the test chooses. It reads frames, and answers nothing by itself.
///
/// Confined to its loop; the async functions may be called from anywhere.
final class RawConnection: @unchecked Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let loop: EventLoop
    private var socket: Socket?
    private var watch: Watch?
    private var unsent: ArraySlice<UInt8> = []
    private var received: [UInt8] = []
    private var waiting: (condition: () -> Bool, continuation: CheckedContinuation<Void, any Error>, timer: Timer)?
    private var isReading = true
    private let decoder = FieldDecoder()

    /// Everything that came, in order.
    private(set) var frames: [RawFrame] = []
    private var replies: [UInt32: RawReply] = [:]
    private(set) var hasEnded = false

    private init(_ socket: consuming Socket, _ loop: EventLoop) {
        self.socket = consume socket
        self.loop = loop
    }

    /// Connects, and with `greeting` sends the preface and empty SETTINGS.
    static func open(to address: SocketAddress, on loop: EventLoop, greeting: Bool = true) async throws -> RawConnection {
        let connection = try await loop.run {
            let connection = RawConnection(try Socket.connecting(to: address), loop)
            try connection.start()
            return connection
        }
        if greeting { try await connection.send(RawFrame.preface + RawFrame.settings().bytes) }
        return connection
    }

    private func start() throws {
        guard let descriptor = socket?.descriptor else { return }
        watch = try loop.watch(descriptor, for: [.read, .write]) { self.ready($0) }
    }

    private func ready(_ readiness: Readiness) {
        if readiness.contains(.write) { flush() }
        if readiness.contains(.read), isReading { read() }
        updateInterest()
        check()
    }

    private func updateInterest() {
        var interest: Interest = []
        if isReading { interest.insert(.read) }
        if !unsent.isEmpty { interest.insert(.write) }
        watch?.update(interest)
    }

    private func flush() {
        while !unsent.isEmpty, let transfer = unsafe unsent.withUnsafeBytes({ bytes in unsafe socket?.write(bytes) }) {
            guard case .bytes(let count) = transfer else {
                if transfer != .wouldBlock { end() }
                return
            }
            unsent = unsent.dropFirst(count)
        }
    }

    private func read() {
        while let transfer = unsafe socket?.read(into: loop.scratch) {
            switch transfer {
            case .bytes(let count): unsafe received.append(contentsOf: loop.scratch[..<count])
            case .wouldBlock: return parse()
            case .end, .failed:
                parse()
                return end()
            }
        }
    }

    private func end() {
        hasEnded = true
        unsent = []
        watch?.cancel()
        watch = nil
        socket = nil
    }

    private func parse() {
        while received.count >= 9 {
            let length = Int(received[0]) << 16 | Int(received[1]) << 8 | Int(received[2])
            guard received.count >= 9 + length else { return }
            var frame = RawFrame(kind: received[3], flags: received[4], payload: Array(received[9..<9 + length]))
            frame.stream = received[5..<9].reduce(0) { $0 << 8 | UInt32($1) }
            received.removeFirst(9 + length)
            frames.append(frame)
            note(frame)
        }
    }

    private func note(_ frame: RawFrame) {
        guard frame.stream != 0 else { return }
        var reply = replies[frame.stream] ?? RawReply()
        switch frame.kind {
        case RawFrame.Kind.headers:
            let fields = decoder.decode(frame.payload)
            if reply.head.isEmpty { reply.head = fields } else { reply.trailers = fields }
        case RawFrame.Kind.data: reply.body += frame.payload
        case RawFrame.Kind.reset: reply.reset = frame.number(at: 0)
        default: return
        }
        if frame.kind != RawFrame.Kind.reset, frame.flags & RawFrame.Flag.endStream != 0 { reply.hasEnded = true }
        replies[frame.stream] = reply
    }

    private func check() {
        guard let waiting, waiting.condition() else { return }
        self.waiting = nil
        waiting.timer.cancel()
        waiting.continuation.resume()
    }

    /// Returns when `condition` holds, which is looked at after each arrival; throws after two minutes.
    private func wait(_ what: String, until condition: @escaping @Sendable (RawConnection) -> Bool) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            loop.execute {
                let timer = self.loop.schedule(after: .seconds(120)) {
                    self.waiting = nil
                    continuation.resume(throwing: Failure(description: "\(what) did not come; got \(self.frames)"))
                }
                self.waiting = ({ condition(self) }, continuation, timer)
                self.check()
            }
        }
    }

    // MARK: What tests do

    /// Returns when the kernel has taken all of it, or the connection has ended.
    func send(_ bytes: [UInt8]) async throws {
        try await loop.run {
            self.unsent += bytes
            self.flush()
            self.updateInterest()
        }
        try await wait("room for \(bytes.count) bytes") { $0.unsent.isEmpty || $0.hasEnded }
    }

    /// Puts bytes on their way, and does not wait.
    func post(_ bytes: [UInt8]) async throws {
        try await loop.run {
            guard !self.hasEnded else { return }
            self.unsent += bytes
            self.flush()
            self.updateInterest()
        }
    }

    func send(_ frames: RawFrame...) async throws {
        try await send(frames.flatMap(\.bytes))
    }

    /// Returns when the server has seen all that was sent.
    func roundTrip() async throws {
        let before = try await frames(RawFrame.Kind.ping).count
        try await send(.ping)
        try await wait("the answer to a PING") { raw in
            raw.hasEnded || raw.frames.count { $0.kind == RawFrame.Kind.ping } > before
        }
    }

    /// The whole reply on a stream, when it has ended or was reset.
    func reply(_ stream: UInt32) async throws -> RawReply {
        try await wait("a reply on stream \(stream)") { $0.replies[stream]?.isComplete == true || $0.hasEnded }
        return try await loop.run {
            guard let reply = self.replies[stream], reply.isComplete else {
                throw Failure(description: "the connection ended before a reply on stream \(stream)")
            }
            return reply
        }
    }

    /// The first frame that satisfies `condition`, or the `count`th.
    func frame(_ what: String, count: Int = 1, _ condition: @escaping @Sendable (RawFrame) -> Bool) async throws -> RawFrame {
        try await wait(what) { $0.frames.count(where: condition) >= count || $0.hasEnded }
        return try await loop.run {
            let frames = self.frames.filter(condition)
            guard frames.count >= count else { throw Failure(description: "the connection ended before \(what)") }
            return frames[count - 1]
        }
    }

    /// The frames of that kind that have come.
    func frames(_ kind: UInt8) async throws -> [RawFrame] {
        try await loop.run { self.frames.filter { $0.kind == kind } }
    }

    /// That for a hundred looks in a row the kernel took nothing of what is still to be sent, or that `isGone`.
    func isStuck(or isGone: () -> Bool) async -> Bool {
        var before = -1
        var looks = 0
        return await eventually {
            guard let unsent = try? await self.loop.run({ self.unsent.count }) else { return true }
            looks = unsent > 0 && unsent == before ? looks + 1 : 0
            before = unsent
            return looks == 100 || isGone()
        }
    }

    /// TCP's FIN: nothing more comes from here, and what comes is still read.
    func endSending() async throws {
        try await loop.run { self.socket?.shutdownWriting() }
    }

    /// All frames up to the end of the connection.
    @discardableResult
    func untilEnd() async throws -> [RawFrame] {
        try await wait("the end of the connection") { $0.hasEnded }
        return try await loop.run { self.frames }
    }

    /// Leaves what comes in the kernel, until it is called with true.
    func read(_ isReading: Bool) async throws {
        try await loop.run {
            self.isReading = isReading
            if isReading { self.read() }
            self.updateInterest()
        }
    }

    func close() async {
        try? await loop.run {
            self.end()
            self.check()
        }
    }
}

/// What came on one stream.
struct RawReply: Sendable {
    var head: [(String, String)] = []
    var body: [UInt8] = []
    var trailers: [(String, String)] = []
    var reset: UInt32?
    var hasEnded = false

    var isComplete: Bool { hasEnded || reset != nil }

    func header(_ name: String) -> String? { head.first { $0.0 == name }?.1 }

    /// From the trailers, or from a header section that is all there is.
    var status: String? { (trailers + head).first { $0.0 == "grpc-status" }?.1 }
    var message: String? { (trailers + head).first { $0.0 == "grpc-message" }?.1 }
}
