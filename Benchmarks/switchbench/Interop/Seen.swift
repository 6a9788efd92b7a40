internal import RPC
internal import Synchronization

/// What came with a reply beside its messages.
final class Seen: Sendable {
    private let parts = Mutex<(head: Metadata?, trailers: Metadata?)>((nil, nil))

    func note(_ part: CallOptions.ReplyPart) {
        parts.withLock { parts in
            switch part {
            case .metadata(let metadata): parts.head = metadata
            case .trailers(let metadata): parts.trailers = metadata
            }
        }
    }

    var head: Metadata? { parts.withLock { $0.head } }
    var trailers: Metadata? { parts.withLock { $0.trailers } }
}
