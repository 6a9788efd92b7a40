import Postgres

@testable import BillingServer

/// What fails within the transactions of a database of a test's own: statements behind which there is more to do, and commits.
struct Faults: Sendable {
    let world: BillingWorld

    /// Of what is written there, so much fails for ever or until it is tried again: of a thousand, before a statement, behind it, or at the
    /// commit.
    func strike(_ perMille: Int32) async throws {
        try await world.administration.batch(BillingTenant(name: "nobody", world: world).scope) { batch in
            batch.enqueue("CREATE TABLE chance (per_mille integer NOT NULL)")
            batch.enqueue("INSERT INTO chance VALUES (\(perMille))")
            batch.enqueue(
                """
                CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                BEGIN
                    IF random() * 1000 < (SELECT per_mille FROM chance) THEN
                        RAISE EXCEPTION 'a fault' USING ERRCODE = CASE WHEN random() < 0.5 THEN '40001' ELSE '53300' END;
                    END IF;
                    RETURN NULL;
                END
                $$
                """)
            for statement in Self.triggers { batch.enqueue(statement) }
        }
    }

    /// Nothing fails any more.
    func end() async throws {
        try await world.administration.batch(BillingTenant(name: "nobody", world: world).scope) {
            $0.enqueue("UPDATE chance SET per_mille = 0")
        }
    }

    private static let triggers: [SQL] = [
        "CREATE TRIGGER strike AFTER INSERT ON ledger_line FOR EACH STATEMENT EXECUTE FUNCTION strike()",
        "CREATE TRIGGER strike AFTER INSERT OR UPDATE ON invoice FOR EACH STATEMENT EXECUTE FUNCTION strike()",
        "CREATE TRIGGER strike AFTER INSERT OR UPDATE ON credit_note FOR EACH STATEMENT EXECUTE FUNCTION strike()",
        "CREATE TRIGGER strike AFTER INSERT OR UPDATE ON payment FOR EACH STATEMENT EXECUTE FUNCTION strike()",
        "CREATE TRIGGER strike AFTER INSERT OR UPDATE ON payment_allocation FOR EACH STATEMENT EXECUTE FUNCTION strike()",
        "CREATE TRIGGER strike AFTER INSERT ON stock_movement FOR EACH STATEMENT EXECUTE FUNCTION strike()",
        "CREATE TRIGGER strike AFTER INSERT OR UPDATE ON document_series FOR EACH STATEMENT EXECUTE FUNCTION strike()",
        "CREATE TRIGGER strike AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION strike()",
        "CREATE CONSTRAINT TRIGGER strike AFTER INSERT ON idempotency_key DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strike()",
    ]
}
