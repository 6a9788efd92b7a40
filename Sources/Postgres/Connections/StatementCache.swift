/// The named statements of one connection. Pure: it decides what has to be prepared, the connection does it.
///
/// A name is a number that its connection never uses again: under no circumstances does it run another statement than the one meant.
struct StatementCache {
    private final class Entry {
        let name: String
        let text: String
        let types: [PostgresType]
        var lastUse: UInt64 = 0
        /// On the server, but planned for a schema that is gone.
        var isStale = false
        /// No longer on the server.
        var isForgotten = false

        init(name: String, _ statement: SQL) {
            self.name = name
            text = statement.text
            types = statement.parameters.map(\.type)
        }
    }

    /// What has to go ahead of a statement.
    struct Use: Equatable {
        var name: String
        /// Statements to deallocate first.
        var deallocations: [String] = []
        var needsPreparation: Bool
    }

    private let capacity: Int
    private let shapes: StatementShapes
    private var entries: [Entry] = []
    /// By the number of each shape that was used: to find one takes neither a text nor a hash of it. Some are forgotten.
    private var byShape: [Int: Entry] = [:]
    /// The last one used of some shapes: most of a program's statements find theirs here, without a hash.
    private var recent: [(shape: Int, entry: Entry)?] = Array(repeating: nil, count: 64)
    private var clock: UInt64 = 0
    private var lastName: UInt64 = 0

    /// - Parameter shapes: the same for connections that are sent the same statements.
    init(capacity: Int, shapes: StatementShapes = StatementShapes()) {
        self.capacity = capacity
        self.shapes = shapes
    }

    var count: Int { entries.count }

    /// The name under which to run `statement`. From now on it counts as prepared: requests of one connection are answered in order.
    mutating func use(_ statement: SQL) -> Use {
        clock += 1
        if let entry = entry(of: statement) {
            entry.lastUse = clock
            guard entry.isStale else { return Use(name: entry.name, needsPreparation: false) }
            entry.isStale = false
            return Use(name: entry.name, deallocations: [entry.name], needsPreparation: true)
        }
        var deallocations: [String] = []
        if entries.count >= capacity, let oldest = entries.min(by: { $0.lastUse < $1.lastUse }) {
            deallocations.append(oldest.name)
            forget(oldest.name)
        }
        lastName += 1
        // At most 15 characters for as long as anybody will wait: Swift keeps these without an allocation.
        let entry = Entry(name: "s\(lastName)", statement)
        entry.lastUse = clock
        entries.append(entry)
        remember(entry, for: shapes.number(of: statement))
        return Use(name: entry.name, deallocations: deallocations, needsPreparation: true)
    }

    private mutating func entry(of statement: SQL) -> Entry? {
        let shape = shapes.number(of: statement)
        if let (last, found) = recent[shape & (recent.count - 1)], last == shape, !found.isForgotten { return found }
        let entry = searched(statement, shape)
        recent[shape & (recent.count - 1)] = entry.map { (shape, $0) }
        return entry
    }

    private mutating func searched(_ statement: SQL, _ shape: Int) -> Entry? {
        if let entry = byShape[shape], !entry.isForgotten { return entry }
        // The same text may stand in another place of the program.
        let (text, types) = (statement.text, statement.parameters.map(\.type))
        guard let entry = entries.first(where: { $0.text == text && $0.types == types }) else { return nil }
        remember(entry, for: shape)
        return entry
    }

    private mutating func remember(_ entry: Entry, for shape: Int) {
        // Statements that are put together in ever new ways must not make this grow.
        if byShape.count >= 4 * capacity { byShape = [:] }
        byShape[shape] = entry
    }

    /// The server does not have it.
    mutating func forget(_ name: String) {
        guard let index = entries.firstIndex(where: { $0.name == name }) else { return }
        entries.remove(at: index).isForgotten = true
    }

    /// The server has none of them: `DISCARD ALL`, or another backend behind a pooler.
    mutating func forgetAll() {
        entries = []
        byShape = [:]
        recent = Array(repeating: nil, count: recent.count)
    }

    /// The schema changed under a statement: prepare it anew before its next use.
    mutating func markStale(_ statement: SQL) {
        entry(of: statement)?.isStale = true
    }
}
