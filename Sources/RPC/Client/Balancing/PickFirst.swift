internal import Net

/// The first address that can be connected to gets all calls (gRFC A61, A62).
///
/// A pass goes through the addresses in order, families in turn, and begins the next attempt when one fails or has taken a quarter of a
/// second, without giving it up: the first that stands wins. When all have failed the whole is in TRANSIENT_FAILURE until one is READY,
/// and each is tried again as soon as its own backoff allows.
struct PickFirst: Balancer {
    private enum Phase { case idle, passing, failing, ready(SocketAddress) }

    private var phase = Phase.idle
    private var addresses: [SocketAddress] = []
    private var states: [SocketAddress: ConnectivityState] = [:]
    /// The next to try in this pass.
    private var next = 0
    private var failed: Set<SocketAddress> = []
    private var failuresSincePass = 0

    mutating func handle(_ event: BalancerEvent) -> [BalancerAction] {
        switch event {
        case .addresses(let list): return replace(with: PickFirst.order(list))
        case .subchannel(let address, let state): return changed(address, state)
        case .attemptDelayElapsed:
            guard case .passing = phase else { return [] }
            return tryNext()
        case .exitIdle:
            guard case .idle = phase, !addresses.isEmpty else { return [] }
            return beginPass()
        }
    }

    /// Each once, families in turn, beginning with that of the first (RFC 8305 §4).
    static func order(_ list: [SocketAddress]) -> [SocketAddress] {
        var seen: Set<SocketAddress> = []
        let unique = list.filter { seen.insert($0).inserted }
        guard let first = unique.first else { return [] }
        var leading = unique.filter { $0.isIPv6 == first.isIPv6 }[...]
        var others = unique.filter { $0.isIPv6 != first.isIPv6 }[...]
        var ordered: [SocketAddress] = []
        while !leading.isEmpty || !others.isEmpty {
            if let address = leading.popFirst() { ordered.append(address) }
            if let address = others.popFirst() { ordered.append(address) }
        }
        return ordered
    }

    private mutating func replace(with list: [SocketAddress]) -> [BalancerAction] {
        let gone = states.keys.filter { !list.contains($0) }
        addresses = list
        var actions: [BalancerAction] = []
        for address in gone.sorted(by: { "\($0)" < "\($1)" }) {
            states[address] = nil
            actions.append(.release(address))
        }
        switch phase {
        case .idle: return actions + beginPass()
        case .ready(let address) where list.contains(address): return actions
        case .ready, .passing: return actions + beginPass()
        case .failing:
            // TRANSIENT_FAILURE holds until one is READY; what is new is tried at once.
            return actions + list.filter { states[$0] == nil }.map { .connect($0) }
        }
    }

    private mutating func beginPass() -> [BalancerAction] {
        phase = .passing
        next = 0
        failed = []
        return [.report(.connecting, to: [])] + tryNext()
    }

    private mutating func tryNext() -> [BalancerAction] {
        while next < addresses.count {
            let address = addresses[next]
            next += 1
            if states[address] == .transientFailure {
                failed.insert(address)
                continue
            }
            var actions: [BalancerAction] = states[address] == .connecting ? [] : [.connect(address)]
            if next < addresses.count { actions.append(.startAttemptDelay) }
            return actions
        }
        return failed.count == addresses.count ? endPass() : []
    }

    /// All have failed.
    private mutating func endPass() -> [BalancerAction] {
        phase = .failing
        failuresSincePass = 0
        let idle = addresses.filter { states[$0] == .idle || states[$0] == nil }
        return [.stopAttemptDelay, .report(.transientFailure, to: []), .resolve] + idle.map { .connect($0) }
    }

    private mutating func changed(_ address: SocketAddress, _ state: ConnectivityState) -> [BalancerAction] {
        guard addresses.contains(address) else { return [] }
        states[address] = state
        if state == .ready { return choose(address) }
        switch phase {
        case .idle: return []
        case .ready(let chosen):
            guard chosen == address else { return [] }
            // What it does next, it does for the next call.
            phase = .idle
            return [.report(.idle, to: []), .resolve]
        case .passing:
            guard state == .transientFailure else { return [] }
            failed.insert(address)
            if failed.count == addresses.count { return endPass() }
            return next > 0 && addresses[next - 1] == address ? [.stopAttemptDelay] + tryNext() : []
        case .failing:
            switch state {
            case .idle: return [.connect(address)]
            case .transientFailure:
                failuresSincePass += 1
                let isRound = failuresSincePass.isMultiple(of: addresses.count)
                return [.report(.transientFailure, to: [])] + (isRound ? [.resolve] : [])
            default: return []
            }
        }
    }

    private mutating func choose(_ address: SocketAddress) -> [BalancerAction] {
        if case .ready = phase { return [] }
        phase = .ready(address)
        var actions: [BalancerAction] = [.stopAttemptDelay]
        for other in addresses where other != address && states[other] != nil {
            states[other] = nil
            actions.append(.release(other))
        }
        return actions + [.report(.ready, to: [address])]
    }
}

extension SocketAddress {
    fileprivate var isIPv6: Bool {
        if case .ipv6 = self { return true }
        return false
    }
}
