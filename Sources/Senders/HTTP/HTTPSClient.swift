public import Net
public import TLS

/// Sends single requests over HTTPS. A connection goes to an address that was checked, and to that one: what the name means a moment later
/// does not matter. Redirections are not followed.
public struct HTTPSClient: Sendable {
    private let context: TLSContext
    private let policy: AddressPolicy
    private let time: Duration
    private let loop: EventLoop
    private let resolve: @Sendable (String, UInt16) async throws -> [SocketAddress]

    /// - Parameters:
    ///   - context: whom to trust; without application protocols, or with `http/1.1`.
    ///   - policy: which addresses may be connected to.
    ///   - time: what one request may take in all.
    ///   - resolve: names to addresses; the C library's way by default.
    public init(
        _ context: TLSContext, policy: AddressPolicy, time: Duration = .seconds(30), on loop: EventLoop,
        resolve: @escaping @Sendable (String, UInt16) async throws -> [SocketAddress] = { try await Resolver.resolve($0, port: $1) }
    ) {
        self.context = context
        self.policy = policy
        self.time = min(time, Limits.attemptTime)
        self.loop = loop
        self.resolve = resolve
    }

    /// How far a request came.
    enum Result: Sendable, Equatable {
        case replied(HTTPReply)
        /// Not a byte of it went out.
        case notSent(SenderError)
        /// Some of it went out, perhaps all, and no answer came.
        case noReply(SenderError)
    }

    func send(_ request: HTTPRequest, to address: HTTPSAddress) async -> Result {
        await loop.perform { await exchange(request, address) }
    }

    private func exchange(_ request: HTTPRequest, _ address: HTTPSAddress) async -> Result {
        let deadline = MonotonicTime.now() + time
        let connection: Connection
        do throws(SenderError) {
            connection = try await connect(address, until: deadline)
        } catch {
            return .notSent(error)
        }
        defer { connection.close() }
        var reader = HTTPReplyReader()
        do throws(SenderError) {
            // A server that answers early may close before all is written; its answer counts.
            let failure = await write(request.bytes, connection, until: deadline)
            while !reader.isDone {
                guard let bytes = try await connection.read(until: deadline) else {
                    reader.end()
                    break
                }
                try reader.append(bytes)
            }
            if reader.reply == nil { throw failure ?? .connection("\(address.host) ended the connection without an answer") }
        } catch {
            if reader.reply == nil { return .noReply(error) }
        }
        return reader.reply.map { .replied($0) } ?? .noReply(.connection("no answer came"))
    }

    private func write(_ bytes: [UInt8], _ connection: Connection, until deadline: MonotonicTime) async -> SenderError? {
        do throws(SenderError) {
            try await connection.write(bytes, until: deadline)
            return nil
        } catch {
            return error
        }
    }

    private func connect(_ address: HTTPSAddress, until deadline: MonotonicTime) async throws(SenderError) -> Connection {
        let addresses: [SocketAddress]
        do {
            addresses = try await resolve(address.host, address.port)
        } catch {
            throw .connection("\(error)")
        }
        try policy.check(addresses)
        let connection = try await Connection.open(to: addresses, on: loop, until: deadline)
        do throws(SenderError) {
            try await connection.startTLS(context, serverName: address.host, until: deadline)
            return connection
        } catch {
            connection.close()
            throw error
        }
    }
}
