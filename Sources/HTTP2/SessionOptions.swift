internal import CNet

/// How every session of ours is set up.
enum SessionOptions {
    static func make(_ role: Session.Role, _ limits: Limits, _ context: UnsafeMutableRawPointer) -> OpaquePointer? {
        var option: OpaquePointer?
        unsafe nghttp2_option_new(&option)
        defer { unsafe nghttp2_option_del(option) }
        // We give windows back as messages are consumed.
        unsafe nghttp2_option_set_no_auto_window_update(option, 1)
        // Otherwise a server session keeps 269 kB of finished streams for RFC 7540's priority tree.
        unsafe nghttp2_option_set_no_closed_streams(option, 1)
        unsafe nghttp2_option_set_max_outbound_ack(option, limits.outboundAcknowledgements)
        unsafe nghttp2_option_set_max_settings(option, limits.settingsPerFrame)
        // The frame guard counts, and says why it ends a connection; the library would send INTERNAL_ERROR.
        unsafe nghttp2_option_set_stream_reset_rate_limit(option, .max, .max)
        unsafe nghttp2_option_set_peer_max_concurrent_streams(option, limits.concurrentStreams)
        var session: OpaquePointer?
        switch role {
        case .server: unsafe nghttp2_session_server_new3(&session, SessionCallbacks.table, context, option, cnet_http2_memory())
        case .client: unsafe nghttp2_session_client_new3(&session, SessionCallbacks.table, context, option, cnet_http2_memory())
        }
        return unsafe session
    }
}
