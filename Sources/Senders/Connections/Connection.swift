internal import Net
internal import TLS

/// A connection that we made, with TLS from the beginning, from some point on, or not at all. Used by one task, on its loop.
@safe
final class Connection: @unchecked Sendable {
    private enum Wake {
        case ready
        case late
        case cancelled
    }

    private let loop: EventLoop
    private let socket: Socket
    private var watch: Watch?
    private var engine: TLSEngine?
    private var waiter: CheckedContinuation<Wake, Never>?
    private var timer: Timer?
    private var isCancelled = false
    /// Plaintext that was decrypted and not read yet.
    private var decrypted: [UInt8] = []

    private init(_ socket: consuming Socket, on loop: EventLoop) {
        self.socket = socket
        self.loop = loop
    }

    /// Connects to the first of these addresses that answers.
    static func open(to addresses: [SocketAddress], on loop: EventLoop, until deadline: MonotonicTime) async throws(SenderError)
        -> Connection
    {
        var failure = SenderError.connection("there is no address to connect to")
        for address in addresses.prefix(Limits.addressesTried) {
            do throws(SenderError) {
                return try await open(to: address, on: loop, until: deadline)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func open(to address: SocketAddress, on loop: EventLoop, until deadline: MonotonicTime) async throws(SenderError)
        -> Connection
    {
        let connection: Connection
        do throws(NetError) {
            connection = Connection(try Socket.connecting(to: address, on: loop), on: loop)
        } catch {
            throw .connection("\(error)")
        }
        do throws(SenderError) {
            try await connection.wait(for: .write, until: min(deadline, .now() + Limits.connectTime))
            if let error = connection.socket.connectError(to: address) { throw .connection("\(error)") }
            return connection
        } catch {
            connection.close()
            throw error
        }
    }

    /// Does TLS's handshake with a server of this name.
    func startTLS(_ context: TLSContext, serverName: String, until deadline: MonotonicTime) async throws(SenderError) {
        let deadline = min(deadline, .now() + Limits.handshakeTime)
        do throws(TLSError) {
            engine = try TLSEngine(client: context, serverName: serverName)
        } catch {
            throw .connection("TLS with \(serverName) cannot begin: \(error)")
        }
        while engine?.isHandshakeComplete == false {
            try await flush(until: deadline)
            guard try await receive(until: deadline) else { throw .connection("\(serverName) ended the connection during TLS's handshake") }
        }
        try await flush(until: deadline)
    }

    /// Writes all of it.
    func write(_ bytes: [UInt8], until deadline: MonotonicTime) async throws(SenderError) {
        guard let engine else { return try await send(bytes, until: deadline) }
        do throws(TLSError) {
            try unsafe bytes.span.bytes.withUnsafeBytes { (buffer) throws(TLSError) in try unsafe engine.send(buffer) }
        } catch {
            throw .connection("\(error)")
        }
        try await flush(until: deadline)
    }

    /// What has come, at least one byte; nil when the peer has ended.
    func read(until deadline: MonotonicTime) async throws(SenderError) -> [UInt8]? {
        while decrypted.isEmpty {
            guard try await receive(until: deadline) else { return nil }
            try await flush(until: deadline)
        }
        defer { decrypted = [] }
        return decrypted
    }

    /// Ends it, with TLS's good-bye if there is room for that.
    func close() {
        if let engine {
            engine.close()
            _ = unsafe socket.write(engine.output)
        }
        watch?.cancel()
        watch = nil
    }
}

extension Connection {
    /// Reads once; false when the peer has ended, which TLS says by a good-bye of its own.
    private func receive(until deadline: MonotonicTime) async throws(SenderError) -> Bool {
        while true {
            if engine?.isPeerClosed == true { return false }
            switch unsafe socket.read(into: loop.scratch) {
            case .bytes(let count):
                let bytes = unsafe UnsafeRawBufferPointer(rebasing: loop.scratch[..<count])
                try unsafe take(bytes)
                return true
            case .end:
                do throws(TLSError) {
                    try engine?.receiveEnd()
                } catch {
                    throw .connection("\(error)")
                }
                return false
            case .failed(let error):
                throw .connection("\(error)")
            case .wouldBlock:
                try await wait(for: .read, until: deadline)
            }
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) throws(SenderError) {
        guard let engine else {
            unsafe decrypted.append(contentsOf: bytes)
            return
        }
        do throws(TLSError) {
            try unsafe engine.receive(bytes) { plaintext in unsafe self.decrypted.append(contentsOf: plaintext) }
        } catch {
            // The alert that says why; the connection is over in any case.
            _ = unsafe socket.write(engine.output)
            throw .connection("\(error)")
        }
    }

    private func flush(until deadline: MonotonicTime) async throws(SenderError) {
        guard let engine, engine.outputByteCount > 0 else { return }
        try await send(engine.takeOutput(), until: deadline)
    }

    private func send(_ bytes: [UInt8], until deadline: MonotonicTime) async throws(SenderError) {
        var sent = 0
        while sent < bytes.count {
            let transfer = unsafe bytes.withUnsafeBytes { unsafe socket.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            switch transfer {
            case .bytes(let count): sent += count
            case .wouldBlock: try await wait(for: .write, until: deadline)
            case .end: throw .connection("the peer has ended the connection")
            case .failed(let error): throw .connection("\(error)")
            }
        }
    }

    // MARK: Waiting

    private func wait(for interest: Interest, until deadline: MonotonicTime) async throws(SenderError) {
        if isCancelled || Task.isCancelled { throw .connection("the attempt was cancelled") }
        do throws(NetError) {
            // A watch for nothing would still be told of a hang-up, over and over: it lives while somebody waits.
            watch = try loop.watch(socket.descriptor, for: interest) { [weak self] _ in self?.wake(.ready) }
        } catch {
            throw .connection("\(error)")
        }
        let wake = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiter = continuation
                timer = loop.schedule(at: deadline) { [weak self] in self?.wake(.late) }
            }
        } onCancel: {
            loop.execute { self.cancel() }
        }
        switch wake {
        case .ready: return
        case .late: throw .connection("the peer was silent for too long")
        case .cancelled: throw .connection("the attempt was cancelled")
        }
    }

    private func cancel() {
        isCancelled = true
        wake(.cancelled)
    }

    private func wake(_ wake: Wake) {
        watch?.cancel()
        watch = nil
        timer?.cancel()
        timer = nil
        waiter?.resume(returning: wake)
        waiter = nil
    }
}
