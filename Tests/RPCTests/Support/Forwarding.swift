import RPC

/// A proxy in a few lines: every call goes on to `upstream` as it came, and its reply comes back as it is.
func forwarding(to upstream: Channel) -> UnknownService {
    { call, requests, replies in
        var options = CallOptions(metadata: call.metadata)
        options.received = { part in
            switch part {
            case .metadata(let metadata): call.replyMetadata = metadata
            case .trailers(let trailers): call.trailers = trailers
            case .compressedReply: break
            }
        }
        do {
            try await upstream.bidirectional(path: call.path, options) { onward, answers in
                // It is cancelled when the answers have ended: who has answered need not read on.
                async let _: Void = {
                    for try await request in requests { try await onward.send(request) }
                    onward.finish()
                }()
                for try await answer in answers { try await replies.send(answer) }
            }
        } catch var error as RPCError {
            // They are with the call already.
            error.trailers = Metadata()
            throw error
        }
    }
}
