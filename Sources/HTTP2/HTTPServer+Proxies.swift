internal import Net

/// Connections that proxies forward, whose clients they name ahead of all else.
extension HTTPServer {
    /// Waits for the header of a connection from one of `proxies`, and goes on with the client's address: limits, logs and calls know no other.
    func awaitClient(_ socket: consuming Socket, from proxy: SocketAddress, on share: LoopShare) {
        // Who has not even said whose it is will not be waited for.
        guard !share.isDraining else { return lose(share) }
        do {
            share.proxied.append(
                try ProxiedSocket(socket, on: share.loop, timeout: limits.handshakeTimeout) { [unowned share] socket, end in
                    share.proxied.removeAll { $0.hasEnded }
                    switch end {
                    case .client(let address): self.admit(socket, address, on: share)
                    case .proxy: self.admit(socket, proxy, on: share)
                    case .violation(let violation):
                        self.saw(violation, of: Peer(address: proxy, certificate: nil, isSecure: false))
                        self.lose(share)
                    case .closed: self.lose(share)
                    }
                })
        } catch {
            lose(share)
        }
    }

    private func admit(_ socket: consuming Socket, _ address: SocketAddress, on share: LoopShare) {
        if let violation = admission.admitClient(address, at: share.loop.now) {
            saw(violation, of: Peer(address: address, certificate: nil, isSecure: false))
            return lose(share)
        }
        open(socket, address, on: share)
    }

    /// One that was counted, of no client yet, is gone.
    private func lose(_ share: LoopShare) {
        admission.lostProxied()
        share.lost()
    }
}
