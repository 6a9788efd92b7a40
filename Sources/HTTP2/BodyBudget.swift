internal import Synchronization

/// What one connection's streams hold of bodies that came and were not taken yet, and which of them may have more window than they began
/// with. Confined to its loop.
///
/// Flow control bounds what a stream holds by its window, which is given back as its messages are taken. Only a message longer than the window
/// needs more before anybody can take it. Of a server's clients each has as many of those on their way as `Limits.longMessageBytes` has room
/// for; the others wait in the order in which they came. One that has come is waited for no longer, whether it is taken or not: its reader may
/// wait for another. A client has nobody to ration: it asked for what it gets.
final class BodyBudget {
    private let limits: Limits
    private let server: ServerBodies?
    private(set) var heldBytes = 0
    private(set) var claimedBytes = 0
    private var waiting: [(stream: HTTPStream, bytes: Int)] = []

    /// `server` counts for all of its connections; nil for a client's.
    init(_ limits: Limits, server: ServerBodies?) {
        self.limits = limits
        self.server = server
    }

    deinit { server?.add(-heldBytes) }

    /// `difference` more is held, or less. False when that is too much for a connection, or for the server, and this connection is not one that holds little.
    func hold(_ difference: Int) -> Bool {
        heldBytes += difference
        guard let server else { return true }
        let total = server.add(difference)
        if difference <= 0 || heldBytes <= Limits.sparedBodyBytes { return true }
        return total <= limits.serverBodyBytes && heldBytes <= limits.connectionBodyBytes
    }

    /// Whether a message of so many bytes may have all the window it needs now. If not it waits.
    func claim(_ bytes: Int, for stream: HTTPStream) -> Bool {
        guard server != nil else { return true }
        if waiting.isEmpty, hasRoom(for: bytes) {
            claimedBytes += bytes
            return true
        }
        waiting.append((stream, bytes))
        return false
    }

    private func hasRoom(for bytes: Int) -> Bool { claimedBytes == 0 || claimedBytes + bytes <= limits.longMessageBytes }

    /// A message that was let in has come, or its stream is gone. Those that have room now are told.
    func release(_ bytes: Int) {
        guard server != nil else { return }
        claimedBytes -= bytes
        admit()
    }

    func stopWaiting(_ stream: HTTPStream) {
        waiting.removeAll { $0.stream === stream }
        admit()
    }

    private func admit() {
        while let next = waiting.first, hasRoom(for: next.bytes) {
            waiting.removeFirst()
            claimedBytes += next.bytes
            next.stream.grantClaim()
        }
    }
}

/// The same of all connections of a server, on all its loops.
final class ServerBodies: Sendable {
    private let bytes = Atomic<Int>(0)

    var heldBytes: Int { bytes.load(ordering: .relaxed) }

    /// Returns how many they are now.
    @discardableResult
    func add(_ difference: Int) -> Int {
        difference == 0 ? heldBytes : bytes.add(difference, ordering: .relaxed).newValue
    }
}
