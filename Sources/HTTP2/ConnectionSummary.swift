public import Crypto
public import Net
public import TLS

/// A connection to a server, as it was at a moment: for those who look after the server.
public struct ConnectionSummary: Sendable {
    /// Where it stands among all connections, for as long as it lives.
    public struct Place: Sendable, Hashable, Comparable {
        /// Of the server's loops, from 0.
        public var loop: Int
        /// How many its loop had served until then.
        public var number: Int

        public init(loop: Int, number: Int) {
            self.loop = loop
            self.number = number
        }

        public static func < (left: Place, right: Place) -> Bool {
            (left.loop, left.number) < (right.loop, right.number)
        }
    }

    public var place: Place
    public var address: SocketAddress
    /// What the client has proved; nil before it has, in cleartext, and of one that needs to prove nothing.
    public var certificate: Certificate?
    /// Nil in cleartext, and before it is agreed upon.
    public var tlsVersion: TLSVersion?
    /// Since it was accepted.
    public var age: Duration
    public var openStreams: Int
    /// Since it was accepted.
    public var openedStreams: Int
    /// Handlers that have not returned, those of cancelled calls included.
    public var runningCalls: Int
    /// The client was told to go elsewhere.
    public var isDraining: Bool
}

extension HTTPServer {
    /// The connections behind `place`, loop by loop and the oldest first, at most `limit`.
    public func connections(after place: ConnectionSummary.Place?, limit: Int) async -> [ConnectionSummary] {
        var found: [ConnectionSummary] = []
        for (index, share) in shares.enumerated() where index >= place?.loop ?? 0 {
            let room = limit - found.count
            guard room > 0 else { break }
            let number = place?.loop == index ? place?.number ?? 0 : 0
            found += await withCheckedContinuation { continuation in
                share.loop.execute {
                    let next = share.inOrder.drop { $0.number <= number }.prefix(room)
                    continuation.resume(returning: next.map { $0.summary(onLoop: index) })
                }
            }
        }
        return found
    }
}

extension ServedConnection {
    fileprivate func summary(onLoop index: Int) -> ConnectionSummary {
        ConnectionSummary(
            place: ConnectionSummary.Place(loop: index, number: number), address: connection.peer.address,
            certificate: connection.peer.certificate, tlsVersion: connection.tls?.version, age: connection.loop.now - connection.born,
            openStreams: connection.session.openStreams, openedStreams: connection.session.openedStreams,
            runningCalls: connection.peer.running, isDraining: connection.isDraining)
    }
}
