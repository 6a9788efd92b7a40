/// The named statements of one connection. Pure: it decides what has to be prepared, the connection does it.
///
/// A name is a number that its connection never uses again: under no circumstances does it run another statement than the one meant.
struct StatementCache {
    private struct Key: Hashable {
        let shape: SQL

        static func == (left: Key, right: Key) -> Bool {
            left.shape.hasShape(of: right.shape)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(shape.text)
        }
    }

    private struct Entry {
        var name: String
        var lastUse: UInt64
        /// On the server, but planned for a schema that is gone.
        var isStale = false
    }

    /// What has to go ahead of a statement.
    struct Use: Equatable {
        var name: String
        /// Statements to deallocate first.
        var deallocations: [String] = []
        var needsPreparation: Bool
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var keys: [String: Key] = [:]
    private var clock: UInt64 = 0
    private var lastName: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }

    /// The name under which to run `statement`. From now on it counts as prepared: requests of one connection are answered in order.
    mutating func use(_ statement: SQL) -> Use {
        clock += 1
        let key = Key(shape: statement)
        if let position = entries.index(forKey: key) {
            entries.values[position].lastUse = clock
            let name = entries.values[position].name
            guard entries.values[position].isStale else { return Use(name: name, needsPreparation: false) }
            entries.values[position].isStale = false
            return Use(name: name, deallocations: [name], needsPreparation: true)
        }
        var deallocations: [String] = []
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            deallocations.append(oldest.value.name)
            forget(oldest.value.name)
        }
        let kept = Key(shape: statement.shape)
        lastName += 1
        // At most 15 characters for as long as anybody will wait: Swift keeps these without an allocation.
        let name = "s\(lastName)"
        entries[kept] = Entry(name: name, lastUse: clock)
        keys[name] = kept
        return Use(name: name, deallocations: deallocations, needsPreparation: true)
    }

    /// The server does not have it.
    mutating func forget(_ name: String) {
        guard let key = keys.removeValue(forKey: name) else { return }
        entries.removeValue(forKey: key)
    }

    /// The server has none of them: `DISCARD ALL`, or another backend behind a pooler.
    mutating func forgetAll() {
        entries = [:]
        keys = [:]
    }

    /// The schema changed under a statement: prepare it anew before its next use.
    mutating func markStale(_ statement: SQL) {
        entries[Key(shape: statement)]?.isStale = true
    }
}
