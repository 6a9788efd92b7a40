import Testing

@testable import RPC

@Suite("Retries: what becomes of an attempt") struct RetryTests {
    private func policy(_ attempts: Int = 4, multiplier: Double = 2, most: Duration = .seconds(1)) throws -> RetryPolicy {
        try RetryPolicy(
            maxAttempts: attempts, initialBackoff: .milliseconds(100), maxBackoff: most, multiplier: multiplier,
            retryableCodes: [.unavailable, .aborted])
    }

    private var none: RetryThrottle? { nil }

    @Test("a retryable status waits for the initial backoff, times the multiplier each time, up to the longest")
    func backoffs() throws {
        var retry = Retry(try policy(5, multiplier: 4))
        var throttle = none
        var waits: [Retry.Verdict] = []
        for _ in 0..<5 {
            retry.began()
            waits.append(retry.ended(.status(.unavailable, nil), throttle: &throttle, random: 0.5))
        }
        #expect(
            waits == [
                .again(after: .milliseconds(100)), .again(after: .milliseconds(400)), .again(after: .seconds(1)),
                .again(after: .seconds(1)),
                .fail,
            ])
    }

    @Test("the jitter is 0.8 to 1.2", arguments: [(0.0, 80), (0.25, 90), (0.5, 100), (1.0, 120)])
    func jitter(random: Double, milliseconds: Int) throws {
        var retry = Retry(try policy())
        var throttle = none
        retry.began()
        guard case .again(let wait) = retry.ended(.status(.unavailable, nil), throttle: &throttle, random: random) else {
            Issue.record("not tried again")
            return
        }
        #expect(abs((wait - .milliseconds(milliseconds)) / .microseconds(1)) < 1)
    }

    @Test("other statuses fail, and so does all without a policy")
    func notRetryable() throws {
        var (retry, throttle) = (Retry(try policy()), none)
        retry.began()
        #expect(retry.ended(.status(.internal, nil), throttle: &throttle, random: 0.5) == .fail)
        #expect(retry.ended(.status(.internal, .after(.zero)), throttle: &throttle, random: 0.5) == .fail)
        var bare = Retry(nil)
        bare.began()
        #expect(bare.ended(.status(.unavailable, nil), throttle: &throttle, random: 0.5) == .fail)
        #expect(bare.ended(.status(.unavailable, .after(.zero)), throttle: &throttle, random: 0.5) == .fail)
    }

    @Test("the server's wish counts: so long, after which our own waits begin anew, or never")
    func pushback() throws {
        var (retry, throttle) = (Retry(try policy(5)), none)
        retry.began()
        _ = retry.ended(.status(.unavailable, nil), throttle: &throttle, random: 0.5)
        retry.began()
        #expect(retry.ended(.status(.unavailable, .after(.seconds(7))), throttle: &throttle, random: 0.5) == .again(after: .seconds(7)))
        retry.began()
        #expect(retry.ended(.status(.unavailable, nil), throttle: &throttle, random: 0.5) == .again(after: .milliseconds(100)))
        retry.began()
        #expect(retry.ended(.status(.unavailable, .never), throttle: &throttle, random: 0.5) == .fail)
    }

    @Test(
        "grpc-retry-pushback-ms: what is no number, or negative, means never",
        arguments: [
            ("0", .after(.zero)), ("250", .after(.milliseconds(250))), ("-1", .never), ("", .never), ("x", .never), ("1e3", .never),
        ]
            as [(String, Retry.Pushback)])
    func pushbackText(text: String, pushback: Retry.Pushback) {
        #expect(Retry.Pushback(text) == pushback)
    }

    @Test("what never left is sent as often as it takes, what was refused unseen once; neither counts")
    func transparent() throws {
        var (retry, throttle) = (Retry(nil), none)
        for _ in 0..<100 {
            retry.began()
            #expect(retry.ended(.unsent, throttle: &throttle, random: 0.5) == .atOnce)
        }
        retry.began()
        #expect(retry.ended(.refused, throttle: &throttle, random: 0.5) == .atOnce)
        #expect(retry.attempts == 0)
        retry.began()
        #expect(retry.ended(.refused, throttle: &throttle, random: 0.5) == .fail)
        var ruled = Retry(try policy())
        ruled.began()
        _ = ruled.ended(.refused, throttle: &throttle, random: 0.5)
        ruled.began()
        #expect(ruled.ended(.refused, throttle: &throttle, random: 0.5) == .again(after: .milliseconds(100)))
    }

    @Test("a call whose reply has begun is not tried again, whatever comes")
    func committed() throws {
        var (retry, throttle) = (Retry(try policy()), none)
        retry.began()
        retry.commit()
        for outcome in [Retry.Outcome.status(.unavailable, .after(.zero)), .refused, .unsent] {
            #expect(retry.ended(outcome, throttle: &throttle, random: 0.5) == .fail)
        }
    }

    @Test("below half of its tokens nothing is tried again; successes give back")
    func throttle() throws {
        var throttle: RetryThrottle? = RetryThrottle(try RetryThrottling(maxTokens: 4, tokenRatio: 0.5))
        func attempt(_ outcome: Retry.Outcome) throws -> Retry.Verdict {
            var retry = Retry(try policy())
            retry.began()
            return retry.ended(outcome, throttle: &throttle, random: 0.5)
        }
        #expect(try attempt(.status(.unavailable, nil)) == .again(after: .milliseconds(100)))
        // 3, then 2, which is half.
        #expect(try attempt(.status(.unavailable, nil)) == .fail)
        #expect(try attempt(.status(.internal, nil)) == .fail)
        #expect(throttle?.tokens == 2)
        #expect(try attempt(.status(.internal, .never)) == .fail)
        #expect(throttle?.tokens == 1)
        for _ in 0..<5 { throttle?.succeeded() }
        #expect(throttle?.tokens == 3.5)
        #expect(try attempt(.status(.unavailable, nil)) == .again(after: .milliseconds(100)))
        #expect(try attempt(.refused) == .atOnce)
        #expect(throttle?.tokens == 2.5)
        for _ in 0..<50 { throttle?.succeeded() }
        #expect(throttle?.tokens == 4)
        for _ in 0..<50 { throttle?.failed() }
        #expect(throttle?.tokens == 0)
    }

    @Test("policies that make no sense are refused, and more than five attempts are five")
    func validity() throws {
        #expect(try policy(9).maxAttempts == 5)
        #expect(throws: RPCError.self) { try policy(1) }
        #expect(throws: RPCError.self) { try policy(multiplier: 0) }
        #expect(throws: RPCError.self) { try policy(multiplier: .infinity) }
        #expect(throws: RPCError.self) { try policy(most: .zero) }
        #expect(throws: RPCError.self) { try RetryPolicy(maxAttempts: 2, retryableCodes: []) }
        #expect(throws: RPCError.self) { try RetryPolicy(maxAttempts: 2, retryableCodes: [.ok]) }
        #expect(throws: RPCError.self) { try RetryThrottling(maxTokens: 0) }
        #expect(throws: RPCError.self) { try RetryThrottling(maxTokens: 1_001) }
        #expect(throws: RPCError.self) { try RetryThrottling(tokenRatio: 0) }
        #expect(try RetryThrottling(tokenRatio: 0.123_9).tokenRatio == 0.123)
    }

    @Test("a method's own policy goes before its service's, and that before the channel's")
    func methods() throws {
        var configuration = Channel.Configuration()
        #expect(configuration.retryPolicy(of: "/p.S/M", isRepeatable: true) == nil)
        configuration.retryPolicy = try policy(2)
        configuration.methodRetryPolicies = ["p.S": try policy(3), "p.S/M": try policy(4)]
        #expect(configuration.retryPolicy(of: "/p.S/M", isRepeatable: true)?.maxAttempts == 4)
        #expect(configuration.retryPolicy(of: "/p.S/N", isRepeatable: true)?.maxAttempts == 3)
        #expect(configuration.retryPolicy(of: "/p.T/M", isRepeatable: true)?.maxAttempts == 2)
    }
}
