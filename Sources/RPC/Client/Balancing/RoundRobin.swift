internal import Net

/// Every address is connected to, and those that are READY take turns. An address that failed counts as failed until it is READY again.
struct RoundRobin: Balancer {
    private var addresses: [SocketAddress] = []
    private var states: [SocketAddress: ConnectivityState] = [:]
    private var failed: Set<SocketAddress> = []

    mutating func handle(_ event: BalancerEvent) -> [BalancerAction] {
        switch event {
        case .addresses(let list):
            var seen: Set<SocketAddress> = []
            let unique = list.filter { seen.insert($0).inserted }
            let gone = addresses.filter { !seen.contains($0) }
            for address in gone {
                states[address] = nil
                failed.remove(address)
            }
            addresses = unique
            return gone.map { .release($0) } + connectIdle() + [summary]
        case .subchannel(let address, let state): return changed(address, state)
        case .exitIdle: return addresses.isEmpty ? [] : connectIdle() + [summary]
        case .attemptDelayElapsed: return []
        }
    }

    private func connectIdle() -> [BalancerAction] {
        addresses.filter { states[$0] == nil || states[$0] == .idle }.map { .connect($0) }
    }

    private mutating func changed(_ address: SocketAddress, _ state: ConnectivityState) -> [BalancerAction] {
        guard addresses.contains(address) else { return [] }
        let before = states[address]
        states[address] = state
        switch state {
        case .ready:
            failed.remove(address)
            return [summary]
        case .transientFailure:
            failed.insert(address)
            return [summary, .resolve]
        case .idle: return [.connect(address), summary] + (before == .ready ? [.resolve] : [])
        default: return [summary]
        }
    }

    private var summary: BalancerAction {
        let ready = addresses.filter { states[$0] == .ready }
        if !ready.isEmpty { return .report(.ready, to: ready) }
        return .report(failed.count == addresses.count ? .transientFailure : .connecting, to: [])
    }
}
