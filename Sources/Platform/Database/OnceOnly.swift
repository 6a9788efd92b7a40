public import Postgres
public import Protobuf
public import RPC

extension Database {
    /// Does something once, however often the call is repeated under its key: the statements of `body`, the key, the request's fingerprint
    /// and the reply are one commit, in one round trip.
    ///
    /// A repetition gets the reply of the first time. While the first is still under way the second waits for its end in the database. The
    /// same key with another request is FAILED_PRECONDITION (IDEMPOTENCY_KEY_REUSED).
    ///
    /// - Parameter reply: known before the statements run, since ids and times are made by the caller.
    public func once<Reply: Message>(
        _ key: IdempotencyKey, request: some Message, reply: Reply, _ call: Call, _ body: (inout Batch) -> Void
    ) async throws -> Reply {
        let fingerprint = IdempotencyKey.fingerprint(method: call.path, request: request)
        do throws(PostgresError) {
            try await batch(call) { batch in
                batch.enqueue(.claim(key, fingerprint: fingerprint, reply: reply.encoded(deterministic: true)))
                body(&batch)
            }
            return reply
        } catch {
            guard error.kind == .uniqueViolation, error.constraint == "idempotency_key_taken" else { throw error }
            let kept = try await batch(call) { batch in batch.one(.kept(key), as: KeptReply.self) }
            guard kept.fingerprint == fingerprint else {
                throw RPCError(
                    .failedPrecondition, reason: "IDEMPOTENCY_KEY_REUSED",
                    "This idempotency-key was used for another request. Use a new key for a new intent.")
            }
            return try Reply(decoding: kept.reply)
        }
    }
}

private struct KeptReply: RowDecodable {
    var fingerprint: [UInt8]
    var reply: [UInt8]

    init(row: Row) throws(PostgresError) {
        fingerprint = try row["fingerprint"]
        reply = try row["reply"]
    }
}

extension SQL {
    fileprivate static func claim(_ key: IdempotencyKey, fingerprint: [UInt8], reply: [UInt8]) -> SQL {
        """
        INSERT INTO idempotency_key (tenant_id, caller, key, fingerprint, reply)
        VALUES (current_tenant(), current_setting('app.caller'), \(key.text), \(fingerprint), \(reply))
        """
    }

    fileprivate static func kept(_ key: IdempotencyKey) -> SQL {
        """
        SELECT fingerprint, reply FROM idempotency_key
        WHERE tenant_id = current_tenant() AND caller = current_setting('app.caller') AND key = \(key.text)
        """
    }
}
