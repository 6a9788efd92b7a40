internal import Glibc
internal import Net
internal import Synchronization

/// A connection of its own for one COPY, past any pooler and out of pipeline mode (COPY in a pipeline never ends). Used by one task at a
/// time; waiting for the socket is done by a loop.
final class CopySession: Sendable {
    let session: Session
    private let seat: CopySeat
    private let loop: EventLoop
    private let deadline: MonotonicTime

    /// Connects and opens a transaction in which row-level security holds as everywhere.
    static func open(_ database: Database, _ scope: Scope, before: [SQL]) async throws(PostgresError) -> CopySession {
        guard let timeout = scope.timeoutMilliseconds(at: .now(), longest: Limits.copyLongest) else { throw .deadlineExceeded }
        let seat = try CopySeat(database)
        let loop = database.loop()
        let session = try await Session.connect(database.configuration.direct, on: loop)
        guard session.becomeNonblocking() else { throw .unavailable(session.lastError) }
        let copy = CopySession(session, seat, loop, deadline: .now() + .milliseconds(timeout))
        try await copy.run("BEGIN")
        try await copy.run(scope.settings(timeoutMilliseconds: timeout))
        // While rows go out the server has nothing to say but that it failed.
        try await copy.run("SET LOCAL client_min_messages = error")
        for statement in before { try await copy.run(statement) }
        return copy
    }

    private init(_ session: Session, _ seat: CopySeat, _ loop: EventLoop, deadline: MonotonicTime) {
        self.session = session
        self.seat = seat
        self.loop = loop
        self.deadline = deadline
    }

    deinit {
        // Who left in the middle may have left a server at work that does not look at its socket.
        guard session.isActive, !session.isBroken, let request = session.cancelRequest() else { return }
        let session = session
        Task {
            try? await Cancelling.threads.run {
                request.send(); session.finish()
            }
        }
    }

    /// Runs a statement to its end.
    @discardableResult
    func run(_ statement: SQL) async throws(PostgresError) -> ResultSet {
        try await send(statement)
        return try await result()
    }

    /// Begins a COPY; `begins` is what its first result must be.
    func begin(_ statement: SQL, _ begins: Session.CopyDirection) async throws(PostgresError) {
        try await send(statement)
        try await awaitResult()
        switch session.takeResult() {
        case .copy(let direction) where direction == begins: return
        case .failure(let report): throw failure(report)
        case .copy, .rows, .done, .skipped, .sync, .null, .unexpected:
            throw PostgresError(.schemaMismatch, "The statement is no COPY in this direction. Write FROM STDIN or TO STDOUT.")
        }
    }

    /// The result of what was sent last; throws the server's error.
    func result() async throws(PostgresError) -> ResultSet {
        var outcome: ResultSet?
        var error: PostgresError?
        while true {
            try await awaitResult()
            switch session.takeResult() {
            case .rows(let rows): outcome = rows
            case .failure(let report): error = error ?? failure(report)
            case .null:
                if let error { throw error }
                guard let outcome else { throw .connectionLost(session.lastError) }
                return outcome
            case .copy, .done, .skipped, .sync, .unexpected:
                throw .connectionLost("libpq gave a result that does not belong to COPY")
            }
        }
    }

    /// COMMIT; `commitUnknown` when the connection broke meanwhile.
    func commit() async throws(PostgresError) {
        do throws(PostgresError) {
            guard try await run("COMMIT").commandTag == "COMMIT" else {
                throw PostgresError(.other, "The transaction was rolled back instead of committed.")
            }
        } catch {
            throw error.kind == .connectionLost ? .commitUnknown(error) : error
        }
    }

    /// Until everything is written; also reads, so that both sides never wait for each other. False when the server has said something.
    func flush(stopsWhenReadable: Bool = false) async throws(PostgresError) -> Bool {
        while true {
            switch session.flush() {
            case .all: return true
            case .failed: throw .connectionLost(session.lastError)
            case .partly:
                try await wait([.read, .write])
                if stopsWhenReadable, hasInput { return false }
                guard session.consumeInput() else { throw .connectionLost(session.lastError) }
            }
        }
    }

    /// Whether the server has sent something that nobody has read.
    var hasInput: Bool {
        var entry = pollfd(fd: session.descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) > 0 && Int32(entry.revents) & POLLIN != 0
    }

    /// Waits for the server's next words and takes them in.
    func read() async throws(PostgresError) {
        try await wait(.read)
        guard session.consumeInput() else { throw .connectionLost(session.lastError) }
    }

    private func send(_ statement: SQL) async throws(PostgresError) {
        guard session.send(statement, preparedAs: nil) else { throw .connectionLost(session.lastError) }
        _ = try await flush()
    }

    private func awaitResult() async throws(PostgresError) {
        while session.isBusy { try await read() }
    }

    private func wait(_ interest: Interest) async throws(PostgresError) {
        guard await loop.wait(for: session.descriptor, interest, until: deadline) else {
            throw Task.isCancelled
                ? .callerCancelled : PostgresError(.deadlineExceeded, "COPY did not finish before the deadline. Allow more time.")
        }
        if Task.isCancelled { throw .callerCancelled }
    }

    private func failure(_ report: ServerReport) -> PostgresError {
        report.sqlstate.isEmpty ? .connectionLost(session.lastError) : PostgresError(serverReport: report)
    }
}

/// One of the few COPYs that may run at once; given back when it is gone.
private final class CopySeat: Sendable {
    private let database: Database

    init(_ database: Database) throws(PostgresError) {
        let isTaken = database.copies.withLock { copies in
            guard copies < Limits.copiesAtOnce else { return false }
            copies += 1
            return true
        }
        guard isTaken else {
            var error = PostgresError(.saturated, "Too many COPYs run already. Try again when one of them has ended.")
            error.retryAfter = .seconds(1)
            throw error
        }
        self.database = database
    }

    deinit {
        database.copies.withLock { $0 -= 1 }
    }
}

extension PostgresError {
    fileprivate static func commitUnknown(_ error: PostgresError) -> PostgresError {
        PostgresError(
            .commitUnknown,
            "The connection to the database was lost while it committed, so the change may or may not have been made. Look before you try again.",
            sqlstate: error.sqlstate, report: error.report)
    }
}
