internal import InteropAPI
internal import RPC

extension InteropCase {
    /// Many calls, one after the other: over one channel, and each over its own.
    static let soak = [
        InteropCase("rpc_soak") { peer in
            try await soak(peer) { options in try await largeUnary(peer.client, options) }
        },
        InteropCase("channel_soak") { peer in
            try await soak(peer) { options in
                let channel = try peer.newChannel()
                try await largeUnary(TestServiceClient(channel), options)
                await channel.close()
            }
        },
    ]

    private static func soak(_ peer: InteropPeer, _ call: (CallOptions) async throws -> Void) async throws {
        var failures: [String] = []
        for iteration in 0..<peer.soak.iterations {
            do {
                try await call(CallOptions(timeout: peer.soak.perCall))
            } catch {
                failures.append("call \(iteration): \(error)")
            }
        }
        try InteropFailure.demand(
            failures.count <= peer.soak.permittedFailures,
            "\(failures.count) of \(peer.soak.iterations) calls failed, \(peer.soak.permittedFailures) may; the first: \(failures.first ?? "")"
        )
    }
}
