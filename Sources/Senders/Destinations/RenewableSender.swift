public import Crypto
internal import Synchronization

/// A sender that may become another one while it is in use, as when a relay's password changes: what is under way ends with the one that it
/// began with.
public final class RenewableSender<Content: Sendable>: Sender {
    private let current: Mutex<any Sender<Content>>

    public init(_ sender: any Sender<Content>) {
        current = Mutex(sender)
    }

    public func replace(with sender: any Sender<Content>) {
        current.withLock { $0 = sender }
    }

    public func destination(of content: Content) -> String {
        current.withLock { $0 }.destination(of: content)
    }

    public func send(_ content: Content, id: UUIDv7) async -> Outcome {
        await current.withLock { $0 }.send(content, id: id)
    }
}
