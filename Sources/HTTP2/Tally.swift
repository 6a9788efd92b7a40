internal import Synchronization

/// How often each of a few things was seen, on all loops of a server: violations, handshakes. They are rare: what counts them may cost a lock.
final class Tally<Key: Hashable & Sendable>: Sendable {
    private let counts = Mutex<[Key: Int]>([:])

    var all: [Key: Int] { counts.withLock { $0 } }

    func add(_ key: Key) {
        counts.withLock { $0[key, default: 0] += 1 }
    }
}
