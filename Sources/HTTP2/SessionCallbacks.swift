internal import CNet
internal import Net

/// nghttp2's callbacks: C on one side, `Session` on the other. They take note and never call back into nghttp2's input or output.
enum SessionCallbacks {
    nonisolated(unsafe) static let table: OpaquePointer? = {
        var table: OpaquePointer?
        unsafe nghttp2_session_callbacks_new(&table)
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(table, beginHeaders)
        unsafe nghttp2_session_callbacks_set_on_header_callback(table, header)
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table, dataChunk)
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(table, frame)
        unsafe nghttp2_session_callbacks_set_on_frame_send_callback(table, sentFrame)
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(table, streamClose)
        return unsafe table
    }()

    private static func session(_ context: UnsafeMutableRawPointer?) -> Session? {
        unsafe context.map { unsafe Unmanaged<Session>.fromOpaque($0).takeUnretainedValue() }
    }

    private static let endStream = UInt8(NGHTTP2_FLAG_END_STREAM.rawValue)

    private static let beginHeaders: nghttp2_on_begin_headers_callback = { _, frame, context in
        guard let session = unsafe SessionCallbacks.session(context), let frame = unsafe frame else { return 0 }
        let id = unsafe switchboard_frame_stream(frame)
        session.incoming = HTTPFields()
        if session.role == .server, unsafe switchboard_frame_headers_category(frame) == Int32(NGHTTP2_HCAT_REQUEST.rawValue) {
            _ = session.open(id)
        }
        return 0
    }

    private static let header: nghttp2_on_header_callback = { _, _, name, nameLength, value, valueLength, _, context in
        guard let context = unsafe context else { return 0 }
        // Called for every field of every request: lent, the session costs no reference count.
        return unsafe Unmanaged<Session>.fromOpaque(context)._withUnsafeGuaranteedRef { session in
            let isAcceptable = unsafe session.received(
                name: UnsafeRawBufferPointer(start: name, count: nameLength),
                value: UnsafeRawBufferPointer(start: value, count: valueLength))
            return isAcceptable ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
        }
    }

    private static let dataChunk: nghttp2_on_data_chunk_recv_callback = { handle, _, id, data, length, context in
        guard let session = unsafe SessionCallbacks.session(context) else { return 0 }
        // The connection's window goes back at once, so that a slow stream holds up nobody else; the stream's own bounds it.
        unsafe nghttp2_session_consume_connection(handle, length)
        guard let stream = session.stream(id) else { return 0 }
        unsafe stream.receiver?.received(body: UnsafeRawBufferPointer(start: data, count: length))
        session.touch(stream)
        return 0
    }

    private static let frame: nghttp2_on_frame_recv_callback = { _, frame, context in
        guard let session = unsafe SessionCallbacks.session(context), let frame = unsafe frame else { return 0 }
        let flags = unsafe switchboard_frame_flags(frame)
        switch unsafe UInt32(switchboard_frame_type(frame)) {
        case NGHTTP2_HEADERS.rawValue:
            guard let stream = unsafe session.stream(switchboard_frame_stream(frame)) else { return 0 }
            unsafe SessionCallbacks.headersEnded(session, stream, frame)
            if flags & endStream != 0 { SessionCallbacks.peerEnded(session, stream) }
        case NGHTTP2_DATA.rawValue:
            guard flags & endStream != 0, let stream = unsafe session.stream(switchboard_frame_stream(frame)) else { return 0 }
            SessionCallbacks.peerEnded(session, stream)
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
        return 0
    }

    private static func headersEnded(_ session: Session, _ stream: HTTPStream, _ frame: UnsafePointer<nghttp2_frame>) {
        var fields = HTTPFields()
        swap(&fields, &session.incoming)
        session.touch(stream)
        if session.role == .server {
            if stream.hasReceivedHead {
                stream.receiver?.received(trailers: fields)
            } else {
                stream.hasReceivedHead = true
                stream.receiver = session.host?.sessionReceivedRequest(fields, on: stream)
            }
        } else if !stream.hasReceivedHead {
            // RFC 9113 §8.1: interim (1xx) sections come before the final one.
            if fields.first(":status")?.hasPrefix("1") == true { return }
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
        guard let session = unsafe SessionCallbacks.session(context), session.role == .server, let frame = unsafe frame else { return 0 }
        let type = unsafe UInt32(switchboard_frame_type(frame))
        if type == NGHTTP2_RST_STREAM.rawValue {
            session.sentReset(unsafe ErrorCode(rawValue: switchboard_frame_reset_code(frame)))
            return 0
        }
        guard unsafe switchboard_frame_flags(frame) & endStream != 0 else { return 0 }
        guard type == NGHTTP2_HEADERS.rawValue || type == NGHTTP2_DATA.rawValue,
            let stream = unsafe session.stream(switchboard_frame_stream(frame)), !stream.hasPeerEnded
        else { return 0 }
        unsafe nghttp2_submit_rst_stream(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, NGHTTP2_NO_ERROR.rawValue)
        return 0
    }

    private static let streamClose: nghttp2_on_stream_close_callback = { _, id, code, context in
        guard let session = unsafe SessionCallbacks.session(context) else { return 0 }
        session.close(id, ErrorCode(rawValue: code))
        return 0
    }

    static let readBody: nghttp2_data_source_read_callback = { handle, id, buffer, length, dataFlags, _, context in
        guard let session = unsafe SessionCallbacks.session(context), let stream = session.stream(id) else {
            return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        let space = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: length)
        switch unsafe stream.takeOutput(into: space) {
        case .nothingYet:
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        case .bytes(let count):
            if stream.bufferedBytes == 0 { session.noteDrained(stream) }
            return count
        case .last(let count, let end):
            unsafe dataFlags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            switch end {
            case .plain: break
            case .block(let block):
                unsafe dataFlags?.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
                unsafe nghttp2_submit_trailer(handle, id, block.table.baseAddress, block.table.count)
            case .fields(let fields):
                unsafe dataFlags?.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
                unsafe fields.withTable { unsafe _ = nghttp2_submit_trailer(handle, id, $0.baseAddress, $0.count) }
            }
            return count
        }
    }
}
