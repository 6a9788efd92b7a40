internal import RPC
internal import Synchronization

/// What came with a reply beside its messages.
final class Seen: Sendable {
    private let parts = Mutex<(head: Metadata?, trailers: Metadata?, compressed: Int)>((nil, nil, 0))

    func note(_ part: CallOptions.ReplyPart) {
        parts.withLock { parts in
            switch part {
            case .metadata(let metadata): parts.head = metadata
            case .trailers(let metadata): parts.trailers = metadata
            case .compressedReply: parts.compressed += 1
            }
        }
    }

    var head: Metadata? { parts.withLock { $0.head } }
    var trailers: Metadata? { parts.withLock { $0.trailers } }
    /// Replies that came compressed.
    var compressed: Int { parts.withLock { $0.compressed } }
}
