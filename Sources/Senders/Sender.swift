public import Crypto

/// What carries one kind of message out of the house: an SMTP relay, a gateway for text messages, a webhook's receiver.
///
/// A sender tries once. Who sends again, and when, is decided by its caller from the ``Outcome``; ``Deliveries`` keeps that in the database.
public protocol Sender<Content>: Sendable {
    associatedtype Content: Sendable

    /// Where this goes, as breakers and limits tell destinations apart: a relay's or a receiver's host and port.
    func destination(of content: Content) -> String

    /// Sends it once.
    ///
    /// - Parameter id: the same for every attempt at this message, so that a receiver can tell a repetition.
    func send(_ content: Content, id: UUIDv7) async -> Outcome
}

/// What came of an attempt to send. The texts are for operators; they hold no message, and of what a peer said only printable characters.
public enum Outcome: Sendable, Hashable {
    /// The receiver has taken it, and calls it by this name, if it said so.
    case accepted(providerID: String?)
    /// The receiver will never take it: the address does not exist, the message breaks a rule.
    case refused(reason: String)
    /// It was not taken, and may be later, no earlier than `retryAfter` if the receiver said so.
    case failed(reason: String, retryAfter: Duration?)
    /// All of it went out, and no answer came, or one that does not say: it may or may not have been taken, so that a repetition may be a
    /// second copy.
    case unknown(reason: String)
    /// Nothing was tried, since the destination has no room or has failed too often lately.
    case deferred(reason: String, retryAfter: Duration)
}
