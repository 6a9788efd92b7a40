/// The named statements of one connection. Pure: it decides what has to be prepared, the connection does it.
///
/// A name is a number that its connection never uses again: under no circumstances does it run another statement than the one meant.
struct StatementCache {
    /// A statement as the program writes it in one place.
    private struct Shape: Hashable {
        let statement: SQL

        static func == (left: Shape, right: Shape) -> Bool {
            left.statement.hasShape(of: right.statement)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(statement.fingerprint)
        }
    }

    private struct Entry {
        let text: String
        let types: [PostgresType]
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
    private var entries: [String: Entry] = [:]
    /// The name for each shape that was used: to find one takes neither a text nor a hash of it. Some of the names are gone.
    private var names: [Shape: String] = [:]
    private var clock: UInt64 = 0
    private var lastName: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }

    /// The name under which to run `statement`. From now on it counts as prepared: requests of one connection are answered in order.
    mutating func use(_ statement: SQL) -> Use {
        clock += 1
        if let name = name(of: statement), let position = entries.index(forKey: name) {
            entries.values[position].lastUse = clock
            guard entries.values[position].isStale else { return Use(name: name, needsPreparation: false) }
            entries.values[position].isStale = false
            return Use(name: name, deallocations: [name], needsPreparation: true)
        }
        var deallocations: [String] = []
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            deallocations.append(oldest.key)
            forget(oldest.key)
        }
        lastName += 1
        // At most 15 characters for as long as anybody will wait: Swift keeps these without an allocation.
        let name = "s\(lastName)"
        entries[name] = Entry(text: statement.text, types: statement.parameters.map(\.type), lastUse: clock)
        remember(name, for: statement)
        return Use(name: name, deallocations: deallocations, needsPreparation: true)
    }

    private mutating func name(of statement: SQL) -> String? {
        if let name = names[Shape(statement: statement)], entries[name] != nil { return name }
        // The same text may stand in another place of the program.
        let (text, types) = (statement.text, statement.parameters.map(\.type))
        guard let name = entries.first(where: { $0.value.text == text && $0.value.types == types })?.key else { return nil }
        remember(name, for: statement)
        return name
    }

    private mutating func remember(_ name: String, for statement: SQL) {
        // Statements that are put together in ever new ways must not make this grow.
        if names.count >= 4 * capacity { names = [:] }
        names[Shape(statement: statement.shape)] = name
    }

    /// The server does not have it.
    mutating func forget(_ name: String) {
        entries.removeValue(forKey: name)
    }

    /// The server has none of them: `DISCARD ALL`, or another backend behind a pooler.
    mutating func forgetAll() {
        entries = [:]
        names = [:]
    }

    /// The schema changed under a statement: prepare it anew before its next use.
    mutating func markStale(_ statement: SQL) {
        guard let name = name(of: statement) else { return }
        entries[name]?.isStale = true
    }
}
