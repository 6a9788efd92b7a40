internal import Net

/// What simulations do to a server, and ask it.
extension HTTPServer {
    /// Tells one of the clients to go elsewhere, as a drain does: it may end what it has begun. Which one `choice` decides.
    package func drainConnection(_ choice: Int) {
        let share = shares[choice % shares.count]
        share.loop.execute {
            let connections = share.inOrder
            if !connections.isEmpty { connections[choice % connections.count].connection.drain() }
        }
    }

    /// Streams that are open on its connections now.
    package func openStreams() async throws -> Int {
        var count = 0
        for share in shares {
            count += try await share.loop.run { share.inOrder.reduce(0) { $0 + $1.connection.session.openStreams } }
        }
        return count
    }

    /// Bytes of long messages that each connection lets in at once, the oldest connection first.
    package func claimedBytes() async throws -> [Int] {
        var bytes: [Int] = []
        for share in shares {
            bytes += try await share.loop.run { share.inOrder.map { $0.connection.session.bodies.claimedBytes } }
        }
        return bytes
    }
}
