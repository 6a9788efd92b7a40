public import Postgres
public import Protobuf
public import RPC
internal import StandardTypes

extension Database {
    /// Does something once, however often the call is repeated under its key: the statements of `body`, the key, the request's fingerprint
    /// and the reply are one commit, in one round trip.
    ///
    /// A repetition gets the reply of the first time, byte for byte: what is kept is what is sent, both times, so that a handler has to return
    /// the reply as it is. While the first is under way it is ABORTED (IDEMPOTENCY_IN_PROGRESS,
    /// with the time to come again). The same key with another request is FAILED_PRECONDITION (IDEMPOTENCY_KEY_REUSED). Replies are kept
    /// for a day.
    ///
    /// When the connection breaks during the commit, the key tells whether the commit took place: if not, the statements are sent once
    /// more.
    ///
    /// - Parameter reply: known before the statements run, since ids and times are made by the caller.
    public func once<Reply: Message>(
        _ key: IdempotencyKey, request: some Message, reply: Reply, _ call: Call, _ body: (inout Batch) -> Void
    ) async throws -> Reply {
        let attempt = KeyedAttempt(key, request: request, call)
        let encoded = reply.encoded(deterministic: true)
        func statements(_ batch: inout Batch) {
            batch.enqueue(.keep(encoded, under: key, fingerprint: attempt.fingerprint, lock: attempt.lock))
            body(&batch)
        }
        do throws(PostgresError) {
            try await batch(attempt.scope, statements)
        } catch {
            return try await attempt.afterFirst(error, on: self) {
                try await self.batch(attempt.scope, statements)
                call.settledReply = encoded
                return reply
            }
        }
        call.settledReply = encoded
        return reply
    }

    /// The same for the work of a transaction, whose reply is known at its end.
    ///
    /// That the key is new is found out by the first statement that is awaited, whose error `body` has to let through. `body` may run more
    /// than once, so that it changes nothing but the database.
    public func once<Reply: Message>(
        _ key: IdempotencyKey, request: some Message, _ call: Call, isolation: Isolation = .readCommitted, retries: Retries = .none,
        _ body: (borrowing Transaction) async throws -> Reply
    ) async throws -> Reply {
        let attempt = KeyedAttempt(key, request: request, call)
        return try await attempt.run(on: self) {
            try await self.transaction(attempt.scope, isolation: isolation, retries: retries) { transaction in
                transaction.enqueue(.begin(key, lock: attempt.lock))
                let reply = try await body(transaction)
                let encoded = reply.encoded(deterministic: true)
                call.settledReply = encoded
                transaction.enqueue(.keep(encoded, under: key, fingerprint: attempt.fingerprint, lock: attempt.lock))
                return reply
            }
        }
    }
}

/// One call at work under its key.
private struct KeyedAttempt {
    let key: IdempotencyKey
    let fingerprint: [UInt8]
    let lock: Int64
    let scope: Scope
    private let call: Call

    init(_ key: IdempotencyKey, request: some Message, _ call: Call) {
        self.key = key
        self.call = call
        fingerprint = IdempotencyKey.fingerprint(method: call.path, request: request)
        scope = Scope(call)
        lock = key.lock(tenant: scope.tenant ?? "", caller: scope.caller)
    }

    func run<Reply: Message>(on database: Database, _ work: () async throws -> Reply) async throws -> Reply {
        do {
            return try await work()
        } catch let error as PostgresError {
            call.settledReply = nil
            return try await afterFirst(error, on: database, work)
        } catch {
            call.settledReply = nil
            throw error
        }
    }

    /// What becomes of the call when its work failed the first time.
    func afterFirst<Reply: Message>(
        _ error: PostgresError, on database: Database, _ work: () async throws -> Reply
    ) async throws -> Reply {
        guard error.kind == .commitUnknown else { return try await answered(error, database) }
        if let kept = try await kept(database, after: error) { return try opened(kept) }
        // It was not committed, and nobody else is at it.
        do {
            return try await work()
        } catch let error as PostgresError {
            return try await answered(error, database)
        }
    }

    /// The first answer when there is one; otherwise the error is what it is.
    private func answered<Reply: Message>(_ error: PostgresError, _ database: Database) async throws -> Reply {
        if error.isKeyTaken { return try opened(try await database.batch(scope) { $0.one(.kept(key)) }) }
        throw error.isKeyInUse ? inUse : error
    }

    /// What a commit left of which nobody knows whether it took place; nil when it did not. Its backend may still be at it: that is waited
    /// for, and ABORTED when it lasts.
    private func kept(_ database: Database, after unknown: PostgresError) async throws -> KeptReply? {
        do {
            return try await database.transaction(scope) { transaction in
                transaction.enqueue(.hold(lock: lock))
                return try await transaction.optional(.kept(key))
            }
        } catch let error as PostgresError where error.kind == .lockNotAvailable || error.kind == .statementTimeout {
            throw inUse
        } catch {
            throw unknown
        }
    }

    private func opened<Reply: Message>(_ kept: KeptReply) throws -> Reply {
        guard kept.fingerprint == fingerprint else {
            throw RPCError(
                reason: .idempotencyKeyReused,
                "This idempotency-key was used for another request. Use a new key for a new intent.")
        }
        let reply = try Reply(decoding: kept.reply)
        call.settledReply = kept.reply
        return reply
    }

    private var inUse: RPCError {
        RPCError(
            reason: .idempotencyInProgress,
            "The first call with this idempotency-key is not over. Send the same once more, a moment later.",
            details: [ErrorDetail(RetryInfo(after: Limits.idempotencyRetry))])
    }
}
