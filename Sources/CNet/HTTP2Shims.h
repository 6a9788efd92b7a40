/* nghttp2 1.52: what Swift cannot say of its structs. */
#pragma once

/* A header field whose bytes the caller keeps alive: for the life of the process with `is_static`, else for the call. */
static inline nghttp2_nv switchboard_nv(const uint8_t *name, size_t name_length, const uint8_t *value, size_t value_length,
                                        int is_static, int is_secret) {
    nghttp2_nv nv;
    nv.name = (uint8_t *)name;
    nv.namelen = name_length;
    nv.value = (uint8_t *)value;
    nv.valuelen = value_length;
    nv.flags = (is_static ? NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE : NGHTTP2_NV_FLAG_NONE) |
               (is_secret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE);
    return nv;
}

static inline uint8_t switchboard_frame_type(const nghttp2_frame *frame) { return frame->hd.type; }
static inline uint8_t switchboard_frame_flags(const nghttp2_frame *frame) { return frame->hd.flags; }
static inline int32_t switchboard_frame_stream(const nghttp2_frame *frame) { return frame->hd.stream_id; }
static inline int switchboard_frame_headers_category(const nghttp2_frame *frame) { return (int)frame->headers.cat; }
static inline uint32_t switchboard_frame_reset_code(const nghttp2_frame *frame) { return frame->rst_stream.error_code; }
static inline uint32_t switchboard_frame_goaway_code(const nghttp2_frame *frame) { return frame->goaway.error_code; }
static inline int32_t switchboard_frame_goaway_last(const nghttp2_frame *frame) { return frame->goaway.last_stream_id; }
// The first of the eight bytes that a PING carries.
static inline uint8_t switchboard_frame_ping_mark(const nghttp2_frame *frame) { return frame->ping.opaque_data[0]; }

static inline const uint8_t *switchboard_frame_goaway_data(const nghttp2_frame *frame, size_t *length) {
    *length = frame->goaway.opaque_data_len;
    return frame->goaway.opaque_data;
}
