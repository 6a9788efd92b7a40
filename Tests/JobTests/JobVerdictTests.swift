import Postgres
import Protobuf
import RPC
import StandardTypes
import Testing

@testable import Platform

/// What becomes of a job that has failed: pure rules.
@Suite struct JobVerdictTests {
    @Test(
        "the bound of the pause doubles up to its cap",
        arguments: [(1, 1), (2, 2), (3, 4), (7, 64), (12, 2_048), (13, 3_600), (100, 3_600), (Int.max, 3_600), (0, 1)])
    func bounds(attempt: Int, seconds: Int) {
        #expect(JobRetries.standard.pause(after: attempt, random: 1) == .seconds(seconds))
        #expect(JobRetries.standard.pause(after: attempt, random: 0) == .zero)
        #expect(JobRetries.standard.pause(after: attempt, random: 0.5) == .seconds(seconds) / 2)
    }

    @Test("a cap below the first pause holds for it, too")
    func capBelowFirst() {
        #expect(JobRetries(attempts: 3, first: .seconds(9), longest: .seconds(2)).pause(after: 1, random: 1) == .seconds(2))
    }

    private func verdict(
        _ errorClass: JobErrorClass, attempt: Int = 2, allowed: Int = 3, isTimeout: Bool = false
    ) -> JobVerdict {
        JobVerdict(
            JobError.permanent("why"), as: errorClass, isTimeout: isTimeout, attempt: attempt, allowed: allowed,
            retries: JobRetries(attempts: allowed), random: 0.5)
    }

    @Test("a class has its consequence, and the last attempt is the last")
    func classes() {
        #expect(verdict(.transient).next == .again(after: .seconds(1)))
        #expect(verdict(.transient, attempt: 3).next == .dead)
        #expect(verdict(.permanent, attempt: 1).next == .dead)
        #expect(verdict(.permanent).class == .permanent)
        #expect(verdict(.retryAfter(.seconds(30))).next == .again(after: .milliseconds(30_500)))
        #expect(verdict(.retryAfter(.seconds(-30))).next == .again(after: .milliseconds(500)))
        #expect(verdict(.retryAfter(.seconds(30)), attempt: 3).next == .dead)
        #expect(verdict(.snooze(.seconds(30)), attempt: 3).next == .later(after: .seconds(30)))
        #expect(verdict(.permanent, isTimeout: true).next == .again(after: .seconds(1)))
        #expect(verdict(.permanent, isTimeout: true).class == .timeout)
        #expect(verdict(.transient, attempt: 3, isTimeout: true).next == .dead)
    }

    @Test("whatever an error says can be stored: no NUL, no more code points than the column holds, no pause that no time has")
    func storable() {
        let error = JobError.permanent("a\0b" + String(repeating: "\r\n", count: 1_500))
        let verdict = JobVerdict(error, as: .permanent, isTimeout: false, attempt: 1, allowed: 1, retries: .none, random: 0)
        #expect(verdict.message.hasPrefix("ab\r\n"))
        #expect(verdict.message.unicodeScalars.count == 2_000)
        let centuries = Swift.Duration.seconds(Int64.max)
        #expect(self.verdict(.retryAfter(centuries)).next == .again(after: .seconds(24 * 3_600) + .milliseconds(500)))
        #expect(self.verdict(.snooze(centuries)).next == .later(after: .seconds(366 * 24 * 3_600)))
    }

    @Test("what the database said in its own words, which may quote rows, is not kept with a dead letter")
    func report() {
        let error = PostgresError(
            .uniqueViolation, "Such a row exists already.", sqlstate: "23505", report: "Key (email)=(ada@example.com)")
        let verdict = JobVerdict(error, as: .permanent, isTimeout: false, attempt: 1, allowed: 1, retries: .none, random: 0)
        #expect(verdict.message == "Such a row exists already. [23505]")
    }

    @Test("an error that was not written for anybody leaves a fixed sentence, one that was its own")
    func strange() {
        struct Strange: Error { let password = "hunter2" }
        func message(_ error: any Error) -> String {
            JobVerdict(error, as: .transient, isTimeout: false, attempt: 1, allowed: 2, retries: .standard, random: 0).message
        }
        #expect(message(Strange()) == "Something went wrong in the server. Its log knows more under the job's id.")
        #expect(message(RPCError(.unavailable, "Busy.")) == "Busy.")
        #expect(message(JobError.permanent("why")) == "why")
    }

    @Test("the pauses of a policy, all together, are as long as is said of it")
    func sums() {
        func longest(_ retries: JobRetries) -> Swift.Duration {
            (1..<retries.attempts).reduce(.zero) { $0 + retries.pause(after: $1, random: 1) }
        }
        #expect(longest(.standard) == .seconds(29_295), "8.1 hours")
        #expect(longest(OutboundJobs.deliverTextMessage.retries) == .seconds(12_310), "3.4 hours")
        #expect(longest(OutboundJobs.deliverMail.retries) == .seconds(423_670), "4.9 days")
        #expect(longest(OutboundJobs.deliverMail.retries) / 2 > .seconds(24 * 3_600), "a day on average")
    }

    @Test("a long error is cut to what its column holds")
    func long() {
        let error = JobError.permanent(String(repeating: "é", count: 5_000))
        let verdict = JobVerdict(error, as: .permanent, isTimeout: false, attempt: 1, allowed: 1, retries: .none, random: 0)
        #expect(verdict.message.count == 2_000)
    }

    @Test("errors have their class by what they are")
    func standard() {
        #expect(JobErrorClass.standard(RPCError(.unavailable, "")) == .transient)
        #expect(JobErrorClass.standard(RPCError(.invalidArgument, "")) == .permanent)
        #expect(JobErrorClass.standard(RPCError(.deadlineExceeded, "")) == .transient)
        #expect(JobErrorClass.standard(PostgresError(.deadlock, "")) == .transient)
        #expect(JobErrorClass.standard(JobError.snooze(.seconds(1))) == .snooze(.seconds(1)))
        #expect(JobErrorClass.standard(CancellationError()) == .transient)
        #expect(throws: DecodeError.self) { try StringValue(decoding: [0x0A, 0x05, 0x41]) }
        do {
            _ = try StringValue(decoding: [0x0A, 0x05, 0x41])
        } catch {
            #expect(JobErrorClass.standard(error) == .permanent)
        }
        var retry = RetryInfo()
        retry.retryDelay = StandardTypes.Duration()
        retry.retryDelay?.seconds = 7
        #expect(JobErrorClass.standard(RPCError(.unavailable, "", details: [ErrorDetail(retry)])) == .retryAfter(.seconds(7)))
    }
}
