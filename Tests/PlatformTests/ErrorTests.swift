import Postgres
import RPC
import StandardTypes
import Testing

@testable import Platform

struct ErrorTests {
    private struct Odd: Error {}

    private struct Known: RPCErrorConvertible {
        var rpcError: RPCError { RPCError(reason: .leaseLost, "It is gone.") }
    }

    @Test("what is not meant for a peer stays inside")
    func secret() {
        let answer = ErrorAnswer.answer(to: Odd())
        #expect(answer.code == .internal)
        #expect(!answer.message.contains("Odd"))
        #expect(ErrorAnswer.level(of: answer) == .error)
    }

    @Test("an error that knows its status keeps it")
    func known() {
        #expect(ErrorAnswer.answer(to: Known()).reason == "LEASE_LOST")
        #expect(ErrorAnswer.answer(to: RPCError(.aborted, "x")).code == .aborted)
        #expect(ErrorAnswer.answer(to: CancellationError()).code == .cancelled)
        #expect(ErrorAnswer.level(of: ErrorAnswer.answer(to: Known())) == nil)
    }

    @Test("a database's own words never reach a peer, whatever went wrong", arguments: PostgresError.Kind.allCases)
    func database(kind: PostgresError.Kind) throws {
        let error = PostgresError(
            kind, "SELECT secret", sqlstate: "XX000", constraint: "secret", table: "secret", column: "secret", report: "secret")
        let answer = ErrorAnswer.answer(to: error)
        #expect(answer.code != .ok && answer.code != .unknown)
        #expect(answer.reason != nil)
        #expect(!answer.message.contains("secret"))
    }

    @Test(
        "what may be tried again says when",
        arguments: [
            (PostgresError.Kind.unavailable, StatusCode.unavailable, "DB_UNAVAILABLE"),
            (.connectionLost, .unavailable, "DB_UNAVAILABLE"), (.commitUnknown, .unavailable, "COMMIT_UNKNOWN"),
            (.saturated, .resourceExhausted, "POOL_SATURATED"),
        ])
    func retry(kind: PostgresError.Kind, code: StatusCode, reason: String) {
        let answer = ErrorAnswer.answer(to: PostgresError(kind, ""))
        #expect(answer.code == code)
        #expect(answer.reason == reason)
        #expect(answer.detail(RetryInfo.self)?.retryDelay?.seconds == 1)
    }

    @Test("a database that knows when it is worth coming back says so")
    func retryAfter() {
        var error = PostgresError(.saturated, "")
        error.retryAfter = .milliseconds(1250)
        let delay = ErrorAnswer.answer(to: error).detail(RetryInfo.self)?.retryDelay
        #expect(delay?.seconds == 1)
        #expect(delay?.nanos == 250_000_000)
    }

    @Test("a deadline that PostgreSQL noticed is the call's deadline")
    func deadline() {
        #expect(ErrorAnswer.answer(to: PostgresError(.statementTimeout, "")).code == .deadlineExceeded)
    }
}
