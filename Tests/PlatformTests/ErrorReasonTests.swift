import Console
import Glibc
import RPC
import Senders
import StandardTypes
import Testing

@testable import Platform
@testable import Postgres

struct ErrorReasonTests {
    private static let document = "\(#filePath.dropLast("Tests/PlatformTests/ErrorReasonTests.swift".utf8.count))Docs/errors.md"

    @Test("Docs/errors.md has every reason, with its status and its sentence; SWITCHBOARD_ACCEPT=1 writes it")
    func document() throws {
        let text = try Files.text(Self.document)
        let table = Self.table()
        let parts = text.split(separator: "| reason | status | what is wrong |\n", maxSplits: 1).map(String.init)
        try #require(parts.count == 2)
        let rest = parts[1].split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix("|") }.joined(separator: "\n")
        let expected = parts[0] + table + rest
        if unsafe getenv("SWITCHBOARD_ACCEPT") != nil { try Files.write(expected, to: Self.document) }
        #expect(text == expected, "Docs/errors.md is not what ErrorReason says; if that is wanted, run this test with SWITCHBOARD_ACCEPT=1")
    }

    private static func table() -> String {
        ErrorReason.allCases.reduce("| reason | status | what is wrong |\n|---|---|---|\n") { table, reason in
            table + "| `\(reason.rawValue)` | \(reason.code) | \(reason.sentence) |\n"
        }
    }

    @Test("a reason is a name in capitals, and its sentence is one", arguments: ErrorReason.allCases)
    func form(reason: ErrorReason) throws {
        #expect(reason.rawValue.wholeMatch(of: /[A-Z][A-Z0-9]*(_[A-Z0-9]+)*/) != nil)
        // google.rpc.ErrorInfo: at most 63 characters.
        #expect(reason.rawValue.utf8.count <= 63)
        #expect(reason.sentence.hasSuffix(".") && !reason.sentence.contains("\n"))
        let error = RPCError(reason: reason)
        #expect(error.code == reason.code && error.reason == reason.rawValue)
        #expect(error.detail(ErrorInfo.self)?.domain == "switchboard")
    }

    @Test("each status has a reason for errors that name none", arguments: StatusCode.allCases.filter { $0 != .ok })
    func unnamed(code: StatusCode) {
        let answer = ErrorAnswer.answer(to: RPCError(code, "A sentence."))
        #expect(answer.code == code)
        #expect(answer.message == "A sentence.")
        #expect(answer.reason == ErrorReason(code).rawValue)
        #expect(ErrorReason(code).code == (code == .unknown ? .internal : code))
    }

    @Test(
        "R14 · the same cause has the same status and reason in every service: what PostgreSQL says",
        arguments: [
            ("23505", StatusCode.alreadyExists, ErrorReason.alreadyExists), ("23503", .failedPrecondition, .referenceMissing),
            ("23502", .failedPrecondition, .constraintViolated), ("23514", .failedPrecondition, .constraintViolated),
            ("23P01", .failedPrecondition, .constraintViolated), ("40001", .aborted, .serializationConflict),
            ("40P01", .aborted, .serializationConflict), ("55P03", .aborted, .serializationConflict),
            ("08006", .unavailable, .dbUnavailable), ("57P01", .unavailable, .dbUnavailable), ("57P03", .unavailable, .dbUnavailable),
            ("53300", .unavailable, .dbUnavailable), ("25006", .unavailable, .dbUnavailable), ("22001", .invalidArgument, .fieldViolation),
            ("42501", .permissionDenied, .databaseRefused), ("42P01", .internal, .internal), ("42703", .internal, .internal),
            ("53100", .internal, .internal), ("XX000", .internal, .internal), ("P0001", .internal, .internal),
        ])
    func sqlstates(sqlstate: String, code: StatusCode, reason: ErrorReason) {
        let error = PostgresError(
            SQLState.kind(of: sqlstate), "SELECT secret", sqlstate: sqlstate, constraint: "secret", table: "secret", report: "secret")
        let answer = ErrorAnswer.answer(to: error)
        #expect(answer.code == code)
        #expect(answer.reason == reason.rawValue)
        #expect(!answer.message.contains("secret"))
    }

    @Test("what PostgreSQL refuses the server is a defect or an attack: an error in the log, whatever else is written")
    func alert() {
        #expect(ErrorAnswer.level(of: ErrorAnswer.answer(to: PostgresError(.insufficientPrivilege, ""))) == .error)
        #expect(ErrorAnswer.level(of: RPCError(reason: .scopeMissing)) == .warning)
        #expect(ErrorAnswer.level(of: RPCError(reason: .fieldViolation)) == nil)
    }

    @Test(
        "a message that did not leave the house is told of without its relay",
        arguments: [
            (SenderError.message("secret"), ErrorReason.fieldViolation), (.connection("secret"), .unavailable),
            (.peer("secret"), .unavailable), (.configuration("secret"), .internal), (.template("secret"), .internal),
            (.oneTimePassword(.notSent(reason: "secret")), .unavailable), (.oneTimePassword(.tooMany(retryAfterSeconds: 7)), .rateLimited),
        ])
    func senders(error: SenderError, reason: ErrorReason) {
        let answer = ErrorAnswer.answer(to: error)
        #expect(answer.reason == reason.rawValue)
        #expect(!answer.message.contains("secret"))
        if reason == .rateLimited { #expect(answer.detail(RetryInfo.self)?.retryDelay?.seconds == 7) }
    }

    @Test("what a client of ours says of another server's address stays inside; that server's own status goes on")
    func downstream() {
        let local = RPCError(.unavailable, "no connection to 10.0.0.3:5432", cause: .init(.connect(errno: 111)))
        let answer = ErrorAnswer.answer(to: local)
        #expect(answer.code == .unavailable && answer.reason == "UNAVAILABLE")
        #expect(!answer.message.contains("10.0.0.3"))
        #expect(answer.detail(RetryInfo.self) != nil)
        let late = RPCError(.deadlineExceeded, "in the queue of 10.0.0.3", cause: .init(.deadline(.queue)))
        #expect(ErrorAnswer.answer(to: late).message == ErrorReason.deadlineExceeded.sentence)
        let remote = RPCError(.notFound, "There is no such plan.", cause: .init(.server))
        #expect(ErrorAnswer.answer(to: remote).message == "There is no such plan.")
    }

    @Test("what an error says of trying again is not lost on its way")
    func pushback() throws {
        let error = RPCError(reason: .rateLimited).tryAgain(after: .seconds(3))
        let answer = ErrorAnswer.answer(to: error).underRequest("abc")
        #expect(answer.pushback == .after(.seconds(3)))
        #expect(answer.detail(RetryInfo.self)?.retryDelay?.seconds == 3)
        #expect(answer.detail(RequestInfo.self)?.requestID == "abc")
        #expect(answer.trailers["x-request-id"] == "abc")
    }
}
