internal import CNet

/// `2026-11-21T09:30:00Z`, for messages; the number itself when no calendar reaches it.
package func utcText(_ unixSeconds: Int64) -> String {
    var seconds = time_t(unixSeconds)
    var parts = unsafe tm()
    var text = [CChar](repeating: 0, count: 64)
    guard unsafe gmtime_r(&seconds, &parts) != nil, unsafe strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0 else {
        return "\(unixSeconds) seconds after 1970"
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
