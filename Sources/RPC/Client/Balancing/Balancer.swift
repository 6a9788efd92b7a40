internal import Net

/// Which addresses of a target are connected to, and which of them calls go to. Pure: told what happens, it says what to do.
protocol Balancer {
    mutating func handle(_ event: BalancerEvent) -> [BalancerAction]
}

enum BalancerEvent {
    /// The name's addresses, never none.
    case addresses([SocketAddress])
    /// The way to an address has changed.
    case subchannel(SocketAddress, ConnectivityState)
    /// `startAttemptDelay` was so long ago.
    case attemptDelayElapsed
    /// A call, or somebody else, wants a connection.
    case exitIdle
}

enum BalancerAction: Equatable {
    /// Unless that is connected, connecting, or waiting to.
    case connect(SocketAddress)
    /// No call will go there any more.
    case release(SocketAddress)
    case startAttemptDelay
    case stopAttemptDelay
    /// The name may have other addresses by now.
    case resolve
    /// The state of the whole, and where calls go, in turn.
    case report(ConnectivityState, to: [SocketAddress])
}

/// The balancing policies there are.
public enum Balancing: Sendable, Hashable {
    /// The first address that can be connected to gets all calls, for as long as it can be.
    case pickFirst
    /// Every address is connected to, and they take turns.
    case roundRobin

    func make() -> any Balancer {
        switch self {
        case .pickFirst: PickFirst()
        case .roundRobin: RoundRobin()
        }
    }
}
