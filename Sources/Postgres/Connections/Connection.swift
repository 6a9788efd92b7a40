internal import Net

/// One connection to PostgreSQL on its loop: groups go in, each comes back with its results or its error, in order.
///
/// Confined to the loop. It writes as groups arrive, and waits for the socket in both directions while output is left: the server
/// stops reading when nobody takes its answers.
final class Connection {
    /// The connection is gone; called once, after all its groups have been told.
    var onEnd: ((PostgresError) -> Void)?
    /// A batch has come to its end, so that its place is free.
    var onBatchEnd: (() -> Void)?

    /// What the server said makes all connections to it doubtful.
    var onDistrust: (() -> Void)?

    private let session: Session
    private let loop: EventLoop
    private var watch: Watch?
    private var expected = ExpectedResults<SyncGroup>()
    private var cache: StatementCache?
    private var hasEnded = false
    private var cancelling: Cancelling?
    /// Since when the server has been at work on the first group.
    private var workingSince = MonotonicTime(nanoseconds: 0)
    private let log: (@Sendable (String) -> Void)?

    /// Takes over a connected session. Throws when libpq or the loop refuses it.
    ///
    /// - Parameter shapes: of the statements that are prepared; nil when none are.
    init(
        _ session: Session, on loop: EventLoop, prepared shapes: StatementShapes?, log: (@Sendable (String) -> Void)?
    ) throws(PostgresError) {
        self.session = session
        self.loop = loop
        self.log = log
        cache = shapes.map { StatementCache(capacity: Limits.preparedStatements, shapes: $0) }
        guard session.enterPipeline() else { throw .unavailable(session.lastError) }
        do {
            watch = try loop.watch(session.descriptor, for: .read) { [weak self] readiness in self?.ready(readiness) }
        } catch {
            throw .unavailable(error.description)
        }
    }

    /// No answer is outstanding and no transaction is open.
    var isClean: Bool { !hasEnded && expected.isEmpty && session.isIdle }

    /// Sends the group and its Sync. Its completion is called later, exactly once.
    func submit(_ group: SyncGroup) {
        guard !hasEnded else {
            group.fail(.connectionLost("the connection had ended"))
            return
        }
        group.sentAt = .now()
        if expected.isEmpty { workingSince = group.sentAt }
        guard write(group) else {
            // Nothing can be known of what libpq has queued in part; this group's Sync was not sent, so it cannot commit.
            let error = PostgresError.connectionLost(session.lastError)
            group.fail(error)
            end(error)
            return
        }
        flush()
    }

    /// Closes the connection; groups under way are told that it was lost.
    func close(_ reason: PostgresError) {
        end(reason)
    }

    /// Whether the server has let the deadline of the first group pass by far: it hangs, or the network does.
    func isOverdue(at now: MonotonicTime) -> Bool {
        guard let group = expected.nextOwner else { return false }
        return now > workingSince + group.longestRun + Limits.overdueGrace
    }

    // MARK: Cancelling

    /// Asks the server to stop the statement of a group that is under way, and again until the group has come to its end. Only for a
    /// connection that is held: of a shared one it would stop whatever runs. One that does not stop in time is closed.
    func cancel(_ group: SyncGroup) {
        guard !hasEnded, cancelling == nil, !group.isDone else { return }
        guard let request = session.cancelRequest() else { return end(.connectionLost("libpq cannot cancel a statement")) }
        cancelling = Cancelling(
            request, on: loop, isDone: { group.isDone },
            tooLate: { [weak self] in self?.end(.connectionLost("the server did not stop a statement that was cancelled")) },
            ended: { [weak self] in
                guard let self, let ended = self.cancelling else { return }
                self.cancelling = nil
                for work in ended.waiting { work() }
            })
        cancelling?.begin()
    }

    /// Runs `work` when no request to cancel is on its way any more.
    func afterCancel(_ work: @escaping () -> Void) {
        guard let cancelling else { return work() }
        cancelling.waiting.append(work)
        cancelling.endIfDone()
    }

    // MARK: Writing

    private func write(_ group: SyncGroup) -> Bool {
        // The next batch may count on what this one prepares, so that preparations stand in a group of their own, which a failing
        // statement does not undo. A transaction has the connection for itself and prepares each statement in its turn, after what
        // goes before it: that may be the CREATE TABLE that it needs.
        let preparesAhead = group.kind == .batch
        var hasPreparations = false
        // Taken out of the group for as long as they change, so that they are changed where they are.
        var statements = group.statements
        group.statements = []
        defer { group.statements = statements }
        for index in statements.indices {
            if statements[index].isNamed, !group.isUnprepared, let use = cache?.use(statements[index].sql) {
                if use.needsPreparation {
                    guard prepare(statements[index].sql, use, for: group) else { return false }
                    hasPreparations = true
                }
                statements[index].name = use.name
            } else {
                statements[index].name = nil
            }
            if !preparesAhead {
                guard send(statements[index], for: group) else { return false }
            }
        }
        if preparesAhead {
            if hasPreparations {
                guard session.sendSync() else { return false }
                expected.expect(.preparationSync, for: group)
            }
            for index in statements.indices {
                guard send(statements[index], for: group) else { return false }
            }
        }
        guard session.sendSync() else { return false }
        expected.expect(.groupSync, for: group)
        return true
    }

    private func prepare(_ statement: SQL, _ use: StatementCache.Use, for group: SyncGroup) -> Bool {
        for name in use.deallocations {
            guard session.send("DEALLOCATE \(ownName: name)", preparedAs: nil) else { return false }
            expected.expect(.preparation(name), for: group)
        }
        guard session.sendPreparation(of: statement, named: use.name) else { return false }
        expected.expect(.preparation(use.name), for: group)
        return true
    }

    private func send(_ statement: borrowing SyncGroup.Statement, for group: SyncGroup) -> Bool {
        guard session.send(statement.sql, preparedAs: statement.name) else { return false }
        expected.expect(.statement(isAwaited: statement.isAwaited), for: group)
        return true
    }

    private func flush() {
        switch session.flush() {
        case .all: watch?.update(.read)
        case .partly: watch?.update([.read, .write])
        case .failed:
            let reason = session.lastError
            _ = session.consumeInput()
            readAnswers(thenEndWith: reason)
        }
    }

    // MARK: Reading

    private func ready(_ readiness: Readiness) {
        guard !hasEnded else { return }
        let isOpen = session.consumeInput()
        guard isOpen, !session.isBroken else {
            readAnswers(thenEndWith: session.lastError)
            return
        }
        readAnswers()
        if !hasEnded { flush() }
    }

    /// The last answers may hold the server's reason, and results of groups that did commit.
    private func readAnswers(thenEndWith reason: String) {
        readAnswers()
        if !hasEnded { end(.connectionLost(reason)) }
    }

    private func readAnswers() {
        while !hasEnded, !expected.isEmpty, !session.isBusy {
            switch session.takeResult(keepingRows: expected.awaitsNext) {
            case .rows(let rows): handle(expected.receive(.success), rows: rows)
            case .done: handle(expected.receive(.success))
            case .failure(let report):
                if report.sqlstate.isEmpty || report.endsConnection {
                    end(report)
                } else {
                    handle(expected.receive(.failure), report: report)
                }
            case .skipped: handle(expected.receive(.skipped))
            case .sync: handle(expected.receive(.sync))
            case .null:
                handle(expected.receive(.null))
            case .copy, .unexpected: end(.connectionLost("a statement gave what a pipeline cannot hold, such as COPY"))
            }
        }
    }

    private func handle(_ meaning: ExpectedResults<SyncGroup>.Meaning, rows: ResultSet? = nil, report: ServerReport? = nil) {
        switch meaning {
        case .nothing, .prepared: break
        case .preparationFailed(let name, let group): preparationFailed(name, group, report)
        case .statementSucceeded(let group): group.answered(rows)
        case .statementFailed(let group): if let report { statementFailed(group, report) }
        case .groupEnded(let group): groupEnded(group)
        case .outOfStep: end(.connectionLost("libpq's results are out of step with what was sent"))
        }
    }

    private func preparationFailed(_ name: String, _ group: SyncGroup, _ report: ServerReport?) {
        cache?.forget(name)
        guard let report, group.failure == nil else { return }
        group.failure = PostgresError(serverReport: report)
        group.failedToPrepare = true
    }

    private func statementFailed(_ group: SyncGroup, _ report: ServerReport) {
        // A failed preparation says more than the missing statement that follows from it.
        guard group.failure == nil else { return }
        var error = PostgresError(serverReport: report)
        // It takes no writes any more: a standby has become another host's primary.
        if error.kind == .readOnly, !group.isReadOnly { onDistrust?() }
        if error.sqlstate == SQLState.queryCanceled, MonotonicTime.now() - group.sentAt >= group.statementTimeout {
            error.kind = .statementTimeout
            error.message = SQLState.message(for: .statementTimeout, constraint: nil, column: nil)
        }
        if report.isCachedPlanChange {
            for statement in group.statements where statement.isNamed { cache?.markStale(statement.sql) }
        } else if report.sqlstate == SQLState.invalidStatementName {
            cache?.forgetAll()
        }
        group.failure = error
    }

    private func groupEnded(_ group: SyncGroup) {
        workingSince = .now()
        let deservesRetry = group.failedToPrepare || group.failure?.kind == .statementStale
        if group.kind == .batch, deservesRetry, group.retries < Limits.staleStatementRetries {
            group.reset()
            submit(group)
            return
        }
        group.end()
        if group.kind == .batch { onBatchEnd?() }
    }

    // MARK: The end

    /// The server said FATAL, or libpq found the connection closed.
    private func end(_ report: ServerReport) {
        guard report.endsConnection, !report.sqlstate.isEmpty else {
            end(.connectionLost(report.text))
            return
        }
        // The server's last words come in order: what it had not answered before them it did not execute to the end.
        var error = PostgresError(serverReport: report)
        if SQLState.goesAway.contains(report.sqlstate) { onDistrust?() }
        if error.kind != .unavailable { error.kind = .connectionLost }
        error.message = SQLState.message(for: error.kind, constraint: nil, column: nil)
        end(error, saidByServer: true)
    }

    private func end(_ reason: PostgresError, saidByServer: Bool = false) {
        guard !hasEnded else { return }
        hasEnded = true
        watch?.cancel()
        watch = nil
        session.finish()
        for group in expected.removeAll() {
            group.fail(group.failure ?? outcome(of: group, reason, saidByServer: saidByServer))
        }
        if reason.kind != .closed { log?("a connection to PostgreSQL ended: \(reason)") }
        let onEnd = self.onEnd
        self.onEnd = nil
        onBatchEnd = nil
        onDistrust = nil
        onEnd?(reason)
    }

    private func outcome(of group: SyncGroup, _ reason: PostgresError, saidByServer: Bool) -> PostgresError {
        let mayHaveCommitted = group.kind != .part && (!saidByServer || group.isAnswered)
        guard mayHaveCommitted else { return reason }
        return PostgresError(
            .commitUnknown,
            "The connection to the database was lost while it committed, so the change may or may not have been made. Look before you try again.",
            sqlstate: reason.sqlstate, report: reason.report)
    }
}
