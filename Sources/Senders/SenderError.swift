/// Everything that can go wrong in this module, as a sentence that says what to do. None holds a message's text or a secret.
public enum SenderError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A message that cannot be sent as it is.
    case message(String)
    /// A sender that cannot be set up as it is told.
    case configuration(String)
    /// A template that cannot be loaded, or not be filled in with these values.
    case template(String)
    /// A one-time password that is not sent.
    case oneTimePassword(OneTimePasswordRefusal)
    /// The connection could not be made, broke, or was too slow.
    case connection(String)
    /// The peer does not speak the protocol.
    case peer(String)

    public var description: String {
        switch self {
        case .message(let text), .configuration(let text), .template(let text), .connection(let text), .peer(let text): text
        case .oneTimePassword(let refusal): refusal.description
        }
    }
}

/// Why no one-time password was sent.
public enum OneTimePasswordRefusal: Sendable, Hashable, CustomStringConvertible {
    /// Too many were asked for.
    case tooMany(retryAfterSeconds: Int64)
    /// The relay would not take the mail.
    case notSent(reason: String)

    public var description: String {
        switch self {
        case .tooMany(let seconds): "Too many codes were asked for. Wait \(seconds) seconds before you ask for another."
        case .notSent(let reason): "The code could not be sent: \(reason)"
        }
    }
}
