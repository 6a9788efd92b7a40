@testable import Postgres
import Testing

@Suite struct ErrorTests {
    @Test(
        "Each SQLSTATE has its kind",
        arguments: [
            ("23505", .uniqueViolation), ("23503", .foreignKeyViolation), ("23502", .notNullViolation), ("23514", .checkViolation),
            ("23P01", .exclusionViolation), ("40001", .serializationFailure), ("40P01", .deadlock), ("55P03", .lockNotAvailable),
            ("57014", .cancelled), ("25006", .readOnly), ("42501", .insufficientPrivilege), ("26000", .statementStale),
            ("57P01", .connectionLost), ("57P02", .connectionLost), ("25P03", .connectionLost), ("08006", .connectionLost),
            ("57P03", .unavailable), ("53300", .unavailable), ("22001", .invalidValue), ("22P02", .invalidValue),
            ("42P01", .schemaMismatch), ("42601", .schemaMismatch), ("0A000", .other), ("53100", .other), ("XX000", .other),
        ] as [(String, PostgresError.Kind)])
    func kinds(_ sqlstate: String, _ kind: PostgresError.Kind) {
        #expect(SQLState.kind(of: sqlstate) == kind)
    }

    @Test("The message for anyone holds nothing that the server said; the report does")
    func message() {
        var report = ServerReport(sqlstate: "23514")
        report.message = "new row violates SELECT secret"
        report.detail = "Failing row contains (secret)."
        report.hint = "Do not."
        report.constraint = "note_body_not_empty"
        report.table = "note"
        let error = PostgresError(serverReport: report)
        #expect(error.kind == .checkViolation)
        #expect(error.message == "A value is outside of what is allowed (constraint note_body_not_empty).")
        #expect(error.table == "note")
        #expect(error.report == "new row violates SELECT secret; Failing row contains (secret).; Do not.")
        #expect(error.description.contains("[23514]"))
    }

    @Test("Every kind that the server can report has a sentence")
    func sentences() {
        for kind in PostgresError.Kind.allCases {
            let message = SQLState.message(for: kind, constraint: nil, column: nil)
            #expect(message.hasSuffix(".") && message.first?.isUppercase == true)
        }
    }

    @Test("A changed result type is told from other refusals by where it comes from, since its text is translated")
    func cachedPlan() {
        var report = ServerReport(sqlstate: "0A000")
        #expect(PostgresError(serverReport: report).kind == .other)
        report.sourceFunction = "RevalidateCachedQuery"
        #expect(PostgresError(serverReport: report).kind == .statementStale)
    }

    @Test("Only what cannot have been done is called retryable")
    func retryable() {
        let retryable = PostgresError.Kind.allCases.filter { PostgresError($0, "").isRetryable }
        #expect(
            Set(retryable) == [
                .serializationFailure, .deadlock, .lockNotAvailable, .statementStale, .unavailable, .saturated, .connectionLost,
            ])
    }
}
