internal import InteropAPI
internal import Net
internal import Protobuf
internal import RPC

extension InteropCase {
    /// Calls that are tried again (gRFC A6). They are no part of gRPC's suite: their server fails a call with UNAVAILABLE as often as its
    /// metadata `fail-attempts` says, with the pushback of `fail-pushback-ms`, and counts the attempts of each `fail-id`, which its trailer
    /// `attempts-seen` tells.
    static let retried = [
        InteropCase("retry_backoff") { peer in
            try await retry(peer, failures: 2, pushback: nil, backoff: .milliseconds(1)) { attempts, error, _ in
                attempts == 3 && error == nil
            }
        },
        InteropCase("retry_exhausted") { peer in
            try await retry(peer, failures: 10, pushback: nil, backoff: .milliseconds(1)) { attempts, error, _ in
                attempts == 4 && error?.code == .unavailable && error?.cause?.attempts == 4
            }
        },
        // With a backoff of its own the client would wait for hours.
        InteropCase("retry_pushback") { peer in
            try await retry(peer, failures: 2, pushback: 150, backoff: .seconds(7_200)) { attempts, error, time in
                attempts == 3 && error == nil && time >= .milliseconds(300)
            }
        },
        InteropCase("retry_pushback_never") { peer in
            try await retry(peer, failures: 2, pushback: -1, backoff: .milliseconds(1)) { attempts, error, _ in
                attempts == 1 && error?.code == .unavailable && error?.pushback == .never
            }
        },
    ]

    private static func retry(
        _ peer: InteropPeer, failures: Int, pushback: Int?, backoff: Duration,
        _ isRight: (_ attempts: Int?, _ error: RPCError?, _ time: Duration) -> Bool
    ) async throws {
        let seen = Seen()
        var options = CallOptions(timeout: .seconds(120)) { seen.note($0) }
        options.retryPolicy = try RetryPolicy(
            maxAttempts: 4, initialBackoff: backoff, maxBackoff: backoff, retryableCodes: [.unavailable])
        options.metadata.append("fail-id", String(UInt64.random(in: 0 ... .max)))
        options.metadata.append("fail-attempts", String(failures))
        if let pushback { options.metadata.append("fail-pushback-ms", String(pushback)) }
        let began = MonotonicTime.now()
        var failure: RPCError?
        do {
            let reply = try await peer.client.unaryCall(SimpleRequest.with { $0.responseSize = 10 }, options)
            try demand(reply.payload, of: 10)
        } catch let error as RPCError {
            failure = error
        }
        let attempts = seen.trailers?["attempts-seen"].flatMap { Int($0) }
        let time = MonotonicTime.now() - began
        try InteropFailure.demand(
            isRight(attempts, failure, time),
            "\(attempts.map(String.init) ?? "no") attempts in \(time), and \(failure.map { "\($0)" } ?? "a reply") at last")
    }
}
