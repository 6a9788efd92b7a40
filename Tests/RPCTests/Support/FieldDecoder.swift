import CNet

/// Reads the server's header sections, by nghttp2's HPACK decoder.
@safe
final class FieldDecoder {
    private var inflater: OpaquePointer?

    init() {
        unsafe nghttp2_hd_inflate_new(&inflater)
    }

    deinit {
        unsafe nghttp2_hd_inflate_del(inflater)
    }

    func decode(_ section: [UInt8]) -> [(String, String)] {
        var fields: [(String, String)] = []
        unsafe section.withUnsafeBufferPointer { buffer in
            var offset = 0
            while let start = buffer.baseAddress {
                var field = unsafe nghttp2_nv()
                var flags: Int32 = 0
                let count = unsafe nghttp2_hd_inflate_hd2(inflater, &field, &flags, start + offset, buffer.count - offset, 1)
                guard count >= 0 else { return fields.append(("undecodable", "\(count)")) }
                offset += count
                if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
                    unsafe fields.append((text(field.name, field.namelen), text(field.value, field.valuelen)))
                }
                if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 { break }
            }
            unsafe nghttp2_hd_inflate_end_headers(inflater)
        }
        return fields
    }

    private func text(_ start: UnsafeMutablePointer<UInt8>?, _ count: Int) -> String {
        unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
