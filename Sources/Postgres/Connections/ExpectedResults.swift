/// The results that a pipelined connection still owes, in the order in which they were asked for.
///
/// libpq gives for each statement one result and then a NULL, and for each Sync one result with no NULL (section 34.5 of the manual);
/// ahead of it an error and a NULL when the commit fails.
/// Pure: what `PQgetResult` gave goes in, what it means comes out.
struct ExpectedResults<Owner> {
    /// What was sent.
    enum Request: Equatable {
        /// A Parse of the statement with this name.
        case preparation(String)
        case statement(isAwaited: Bool)
        /// The Sync after preparations, which stand in a group of their own.
        case preparationSync
        /// The Sync that ends the owner's group, and commits it unless a transaction block is open.
        case groupSync
    }

    /// What `PQgetResult` gave.
    enum Received: Equatable {
        case success
        case failure
        /// Skipped, since an earlier statement of the same group failed.
        case skipped
        case sync
        case null
    }

    enum Meaning {
        case nothing
        case prepared(String, Owner)
        case preparationFailed(String, Owner)
        case statementSucceeded(Owner)
        case statementFailed(Owner)
        case groupEnded(Owner)
        /// libpq and this queue disagree: nothing on the connection can be trusted any more.
        case outOfStep
    }

    private struct Entry {
        var request: Request
        var owner: Owner
    }

    private var entries: [Entry] = []
    private var head = 0
    private var awaitsNull = false

    var isEmpty: Bool { head == entries.count }

    /// Whose result comes next.
    var nextOwner: Owner? { isEmpty ? nil : entries[head].owner }

    /// Whether somebody waits for the rows of what comes next.
    var awaitsNext: Bool {
        guard !isEmpty, case .statement(let isAwaited) = entries[head].request else { return true }
        return isAwaited
    }

    mutating func expect(_ request: Request, for owner: Owner) {
        entries.append(Entry(request: request, owner: owner))
    }

    mutating func receive(_ received: Received) -> Meaning {
        guard !isEmpty else { return received == .null ? .nothing : .outOfStep }
        let entry = entries[head]
        if awaitsNull {
            guard received == .null else { return .outOfStep }
            awaitsNull = false
            dropFirst()
            return .nothing
        }
        switch (entry.request, received) {
        case (.preparationSync, .sync):
            dropFirst()
            return .nothing
        case (.groupSync, .failure):
            // The commit failed, of a deferred constraint for instance: the Sync itself is still owed, behind a NULL.
            return .statementFailed(entry.owner)
        case (.groupSync, .null):
            return .nothing
        case (.groupSync, .sync):
            dropFirst()
            return .groupEnded(entry.owner)
        case (.preparation(let name), .success):
            awaitsNull = true
            return .prepared(name, entry.owner)
        case (.preparation(let name), .failure), (.preparation(let name), .skipped):
            awaitsNull = true
            return .preparationFailed(name, entry.owner)
        case (.statement, .success):
            awaitsNull = true
            return .statementSucceeded(entry.owner)
        case (.statement, .failure):
            awaitsNull = true
            return .statementFailed(entry.owner)
        case (.statement, .skipped):
            awaitsNull = true
            return .nothing
        default:
            return .outOfStep
        }
    }

    /// Drops everything and returns whose groups had not ended, each once, in order.
    mutating func removeAll() -> [Owner] {
        var owners: [Owner] = []
        for entry in entries[head...] where entry.request == .groupSync { owners.append(entry.owner) }
        entries = []
        head = 0
        awaitsNull = false
        return owners
    }

    private mutating func dropFirst() {
        head += 1
        if head == entries.count {
            entries.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 256, head * 2 >= entries.count {
            // A connection that is never idle must not keep what it has answered.
            entries.removeFirst(head)
            head = 0
        }
    }
}
