/// For what a peer lost its connection or its stream: abuse of what HTTP/2 allows, or time that it let pass. The raw value is the name
/// in metrics, and the debug data of the GOAWAY.
public enum Violation: String, Error, Sendable, CaseIterable {
    /// Streams opened and reset at once (CVE-2023-44487).
    case rapidReset = "rapid_reset"
    /// Streams that the peer's own errors made us reset (CVE-2025-8671).
    case madeYouReset = "made_you_reset"
    /// A header section in too many pieces (CVE-2024-28182).
    case continuationFlood = "continuation_flood"
    /// A header section that HPACK unfolds to many times what is allowed.
    case headerBomb = "header_bomb"
    /// CVE-2019-9512.
    case pingFlood = "ping_flood"
    /// Keepalive more often than we permit; gRPC's clients know the name (gRFC A8).
    case tooManyPings = "too_many_pings"
    /// CVE-2019-9515.
    case settingsFlood = "settings_flood"
    case settingsTimeout = "settings_timeout"
    /// CVE-2019-9513.
    case priorityFlood = "priority_flood"
    /// DATA frames that carry nothing (CVE-2019-9518).
    case emptyDataFlood = "empty_data_flood"
    case windowUpdateFlood = "window_update_flood"
    /// Frames of no meaning here: unknown types, GOAWAY after GOAWAY.
    case unknownFrameFlood = "unknown_frame_flood"
    /// Answers that wait for a peer who asks and does not read (CVE-2019-9512, 9514, 9515).
    case unreadAnswers = "unread_answers"
    /// Nothing of what waited for the peer was taken by its socket for too long (CVE-2019-9517).
    case unreadOutput = "unread_output"
    /// The peer gave a stream that had something to send no window for too long (CVE-2019-9511); that stream is reset.
    case unreadStream = "unread_stream"
    case handshakeTimeout = "handshake_timeout"
    /// A connection that was closed unread: too many before it have not completed their handshakes.
    case tooManyHandshakes = "too_many_handshakes"
    /// A connection that was closed unread: its address has as many as it may.
    case tooManyConnections = "too_many_connections"
    /// A connection that was closed unread: of its address too many have failed to prove who they are, or never ended to.
    case failedHandshakes = "failed_handshakes"
    /// A connection from a proxy that does not begin with a header of the PROXY protocol, version 2.
    case proxyHeader = "proxy_header"
    /// A header section that was begun and not ended in time.
    case slowHeaders = "slow_headers"
    /// A message that was begun, or has to come, and does not; its stream is reset.
    case slowBody = "slow_body"
    /// More of a body than the server has room for now; its call ends with RESOURCE_EXHAUSTED.
    case bodyBudget = "body_budget"
    /// PRIORITY on no stream, or of a stream on itself (RFC 7540 §5.3.1): nghttp2 looks at none, since none is heeded.
    case malformedPriority = "malformed_priority"
    /// HEADERS on a stream below one that is open already (RFC 9113 §5.1.1).
    case streamOrder = "stream_order"
    /// DATA or HEADERS on a stream that the peer has ended itself (RFC 9113 §5.1).
    case closedStream = "closed_stream"

    /// What the peer is told.
    public var code: ErrorCode {
        switch self {
        case .streamOrder, .malformedPriority: .protocolError
        case .closedStream: .streamClosed
        case .settingsTimeout: .settingsTimeout
        default: .enhanceYourCalm
        }
    }
}
