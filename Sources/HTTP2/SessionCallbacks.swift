internal import CNet
internal import Net

/// nghttp2's callbacks: C on one side, `Session` on the other. They take note and never call back into nghttp2's input or output.
enum SessionCallbacks {
    nonisolated(unsafe) static let table: OpaquePointer? = {
        var table: OpaquePointer?
        unsafe nghttp2_session_callbacks_new(&table)
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(table, beginHeaders)
        unsafe nghttp2_session_callbacks_set_on_header_callback2(table, header)
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table, dataChunk)
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(table, frame)
        unsafe nghttp2_session_callbacks_set_on_frame_send_callback(table, sentFrame)
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(table, streamClose)
        return unsafe table
    }()

    /// Lends the session that nghttp2 carries: it lives longer than any callback, so no reference is counted.
    @inline(__always)
    private static func withSession<Result>(_ context: UnsafeMutableRawPointer?, or none: Result, _ body: (Session) -> Result) -> Result {
        guard let context = unsafe context else { return none }
        return unsafe Unmanaged<Session>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
    }

    private static let endStream = UInt8(NGHTTP2_FLAG_END_STREAM.rawValue)

    private static let beginHeaders: nghttp2_on_begin_headers_callback = { _, frame, context in
        guard let frame = unsafe frame else { return 0 }
        return unsafe withSession(context, or: 0) { session in
            session.beginFields()
            if session.role == .server, unsafe switchboard_frame_headers_category(frame) == Int32(NGHTTP2_HCAT_REQUEST.rawValue) {
                let id = unsafe switchboard_frame_stream(frame)
                if id <= session.lastAccepted { unsafe session.open(id) } else { session.refuse(id) }
            }
            return 0
        }
    }

    private static let header: nghttp2_on_header_callback2 = { _, _, name, value, _, context in
        guard let name = unsafe name, let value = unsafe value else { return 0 }
        return unsafe withSession(context, or: 0) { session in
            unsafe session.received(name, value) ? 0 : NGHTTP2_ERR_PAUSE.rawValue
        }
    }

    private static let dataChunk: nghttp2_on_data_chunk_recv_callback = { handle, _, id, data, length, context in
        unsafe withSession(context, or: 0) { session in
            // The connection's window goes back at once, so that a slow stream holds up nobody else; the stream's own bounds it.
            unsafe nghttp2_session_consume_connection(handle, length)
            session.withStream(id, or: ()) { stream in
                stream.receivedBytes &+= UInt64(length)
                unsafe stream.receiver?.received(body: UnsafeRawBufferPointer(start: data, count: length))
                session.touch(stream)
            }
            return 0
        }
    }

    private static let frame: nghttp2_on_frame_recv_callback = { _, frame, context in
        guard let frame = unsafe frame else { return 0 }
        return unsafe withSession(context, or: 0) { session in
            unsafe received(frame, session)
            return 0
        }
    }

    private static func received(_ frame: UnsafePointer<nghttp2_frame>, _ session: Session) {
        let flags = unsafe switchboard_frame_flags(frame)
        switch unsafe UInt32(switchboard_frame_type(frame)) {
        case NGHTTP2_HEADERS.rawValue:
            unsafe session.withStream(switchboard_frame_stream(frame), or: ()) { stream in
                headersEnded(session, stream)
                if flags & endStream != 0 { peerEnded(session, stream) }
            }
        case NGHTTP2_DATA.rawValue:
            guard flags & endStream != 0 else { return }
            unsafe session.withStream(switchboard_frame_stream(frame), or: ()) { peerEnded(session, $0) }
        case NGHTTP2_RST_STREAM.rawValue:
            unsafe session.withStream(switchboard_frame_stream(frame), or: ()) { $0.isResetByPeer = true }
        case NGHTTP2_SETTINGS.rawValue:
            if flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 { session.host?.sessionReceivedSettings() }
        case NGHTTP2_PING.rawValue:
            // The answer to a keepalive PING has done its work by coming.
            if flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0, unsafe switchboard_frame_ping_mark(frame) != Session.keepaliveMark {
                session.host?.sessionReceivedPingAcknowledgement()
            }
        case NGHTTP2_GOAWAY.rawValue:
            var length = 0
            let data = unsafe switchboard_frame_goaway_data(frame, &length)
            unsafe session.received(
                goAway: ErrorCode(rawValue: switchboard_frame_goaway_code(frame)), lastStream: switchboard_frame_goaway_last(frame),
                debug: String(decoding: UnsafeRawBufferPointer(start: data, count: min(length, 1024)), as: UTF8.self))
        default: break
        }
    }

    private static func headersEnded(_ session: Session, _ stream: HTTPStream) {
        let (fields, repeated) = session.takeFields()
        session.touch(stream)
        if session.role == .server {
            if stream.hasReceivedHead {
                stream.receiver?.received(trailers: fields)
            } else {
                stream.hasReceivedHead = true
                stream.receiver = session.host?.sessionReceivedRequest(fields, repeated, on: stream)
            }
        } else if !stream.hasReceivedHead {
            // RFC 9113 §8.1: interim (1xx) sections come before the final one.
            if fields.isInterim { return }
            stream.hasReceivedHead = true
            stream.receiver?.received(head: fields)
        } else {
            stream.receiver?.received(trailers: fields)
        }
    }

    private static func peerEnded(_ session: Session, _ stream: HTTPStream) {
        stream.peerEnded()
        session.touch(stream)
        stream.receiver?.receivedEnd()
    }

    /// A reply that ends before the request did: the rest of the request is not wanted (RFC 9113 §8.1).
    private static let sentFrame: nghttp2_on_frame_send_callback = { handle, frame, context in
        guard let frame = unsafe frame else { return 0 }
        let type = unsafe UInt32(switchboard_frame_type(frame))
        if type == NGHTTP2_RST_STREAM.rawValue || type == NGHTTP2_GOAWAY.rawValue {
            return unsafe withSession(context, or: 0) { session in
                if type == NGHTTP2_GOAWAY.rawValue {
                    session.sentGoAway(unsafe ErrorCode(rawValue: switchboard_frame_goaway_code(frame)))
                } else if session.role == .server {
                    session.sentReset(unsafe ErrorCode(rawValue: switchboard_frame_reset_code(frame)))
                }
                return 0
            }
        }
        guard unsafe switchboard_frame_flags(frame) & endStream != 0, type == NGHTTP2_HEADERS.rawValue || type == NGHTTP2_DATA.rawValue
        else { return 0 }
        return unsafe withSession(context, or: 0) { session in
            session.sentFrame()
            let id = unsafe switchboard_frame_stream(frame)
            if session.role == .server, session.withStream(id, or: false, { !$0.hasPeerEnded }) {
                unsafe nghttp2_submit_rst_stream(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, NGHTTP2_NO_ERROR.rawValue)
            }
            return 0
        }
    }

    private static let streamClose: nghttp2_on_stream_close_callback = { _, id, code, context in
        unsafe withSession(context, or: 0) { session in
            session.close(id, ErrorCode(rawValue: code))
            return 0
        }
    }

    static let readBody: nghttp2_data_source_read_callback = { handle, id, buffer, length, dataFlags, _, context in
        let failure = Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        return unsafe withSession(context, or: failure) { session in
            session.withStream(id, or: failure) { stream in
                switch unsafe stream.takeOutput(into: UnsafeMutableRawBufferPointer(start: buffer, count: length)) {
                case .nothingYet:
                    return Int(NGHTTP2_ERR_DEFERRED.rawValue)
                case .bytes(let count):
                    session.sentFrame()
                    if stream.bufferedBytes == 0 { session.noteDrained(stream) }
                    return count
                case .last(let count, let end):
                    unsafe dataFlags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
                    if unsafe submitTrailers(end, handle, id) { unsafe dataFlags?.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue }
                    return count
                }
            }
        }
    }

    /// False when there are none.
    private static func submitTrailers(_ end: StreamOutput.End, _ handle: OpaquePointer?, _ id: Int32) -> Bool {
        switch end {
        case .plain: return false
        case .block(let block): unsafe nghttp2_submit_trailer(handle, id, block.table.baseAddress, block.table.count)
        case .fields(let fields):
            unsafe fields.withTable { unsafe _ = nghttp2_submit_trailer(handle, id, $0.baseAddress, $0.count) }
        }
        return true
    }
}
