internal import HTTP2
public import Net
public import RPC

/// Clients and servers in one thread, with a network in memory and a clock of its own: who runs next, how bytes are cut up and delayed, and
/// what goes wrong is drawn from a seed. One seed gives one history, as long as nothing in it waits for anything outside: a task must not
/// be detached from the loops (`Task { }` is), and who wants to wait takes `sleep`, or `loop.sleep` of a call, not `Task.sleep`.
///
///     try await Simulation.run(seeds: 1...200, faults: .delays) { simulation in
///         try await simulation.serve([Hello()])
///         let greeter = GreeterClient(try simulation.channel())
///         let reply = try await greeter.greet(.with { $0.name = "Ada" })
///         try #require(reply.text == "Hello, Ada!")
///     }
///
/// It is used in its body only, and in what the body calls.
public final class Simulation: @unchecked Sendable {
    public let seed: UInt64
    /// Carries the body, and the channels it makes.
    public let loop: EventLoop
    /// For the body's own choices. The network has another one of its own.
    public var random: SeededRandom
    let network: MemoryNetwork
    var loops: [EventLoop]
    var servers: [Server] = []
    var channels: [Channel] = []
    /// Where the last server listens.
    private var address: SocketAddress?

    init(seed: UInt64, faults: Faults) {
        self.seed = seed
        network = MemoryNetwork(seed: seed, faults: faults)
        loop = EventLoop(simulated: "client", on: network)
        loops = [loop]
        random = SeededRandom(seed: ~seed)
    }

    /// The time in the simulation.
    public var now: MonotonicTime { network.now }

    /// What goes wrong from now on.
    public var faults: Faults {
        get { network.faults }
        set { network.faults = newValue }
    }

    /// Waits by the simulation's clock.
    public func sleep(for duration: Duration) async throws {
        try await loop.sleep(for: duration)
    }

    /// Puts something that happened into the history; it is quoted by a failure, and counts for the hash.
    public func note(_ event: String) {
        network.note(event)
    }

    /// Resets every connection that stands now.
    public func resetConnections() {
        network.resetAll()
    }

    /// A server on one to three loops of its own, which the seed decides. It is drained when the body has returned; a handler that does not
    /// return then fails the simulation. Address 127.0.0.1, a free port.
    @discardableResult
    public func serve(
        _ services: [any Service], interceptors: [any ServerInterceptor] = [],
        _ configure: (inout Server.Configuration) -> Void = { _ in }
    ) async throws -> SocketAddress {
        var configuration = Server.Configuration()
        configure(&configuration)
        let count = Int.random(in: 1...Limits.serverLoops, using: &network.random)
        let own = (0..<count).map { EventLoop(simulated: "server-\(loops.count + $0)", on: network) }
        loops += own
        let server = try Server(
            services: services, interceptors: interceptors, configuration: configuration, loops: EventLoopGroup(own))
        servers.append(server)
        let address = try await server.start(on: "127.0.0.1:0")
        self.address = address
        return address
    }

    /// A channel to `address`, or to the server that was made last. It is closed when the body has returned.
    public func channel(
        to address: SocketAddress? = nil, _ configure: (inout Channel.Configuration) -> Void = { _ in }
    ) throws -> Channel {
        guard let address = address ?? self.address else {
            throw RPCError(.failedPrecondition, "there is no server yet: call serve first, or say which address the channel leads to")
        }
        var configuration = Channel.Configuration()
        let network = network
        configuration.random = { Double.random(in: 0..<1, using: &network.random) }
        configure(&configuration)
        let channel = try Channel("\(address)", configuration: configuration, loop: loop)
        channels.append(channel)
        return channel
    }

    /// Handlers that have not returned, over all servers.
    public var runningCalls: Int { servers.reduce(0) { $0 + $1.runningCalls } }

    /// Streams that are open on the servers' side, over all connections.
    public func openStreams() async throws -> Int {
        var count = 0
        for server in servers { count += try await server.http.openStreams() }
        return count
    }
}
