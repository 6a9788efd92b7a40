public import Net

extension Server {
    /// Binds, and serves from now on. `address` is `127.0.0.1:50051`, `[::1]:50051` or `unix:/path`; port 0 takes a free one, and what is
    /// returned says which. Throws `NetError`.
    @discardableResult
    public func start(on address: String) async throws -> SocketAddress {
        try await start(on: SocketAddress(address))
    }

    /// Serves on `address` until SIGINT or SIGTERM comes. Then it drains: clients are told to open no more calls, open ones may end for up
    /// to `grace`; a second signal ends them at once. Returns when every connection is closed.
    ///
    /// `ready` is told where it serves. SIGHUP runs `hangUp`, where there is one: to read certificates again and `reload` them, and to say
    /// what came of it. Throws `NetError` when it cannot serve.
    public func run(
        on address: String, grace: Duration = .seconds(20), ready: (SocketAddress) -> Void = { _ in },
        hangUp: (@Sendable (Server) async -> Void)? = nil
    ) async throws {
        let ends = [Signals.interrupt, Signals.terminate]
        let signals = try Signals.stream(hangUp == nil ? ends : ends + [Signals.hangUp])
        ready(try await start(on: address))
        for await signal in signals {
            guard signal == Signals.hangUp else { break }
            await hangUp?(self)
        }
        await withTaskGroup { group in
            group.addTask { await self.drain(grace: grace) }
            group.addTask {
                for await signal in signals where signal != Signals.hangUp { return await self.drain(grace: .zero) }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
