internal import Crypto

/// A sealed value as bytes: which key of the ring wraps its data key, the data key so wrapped, and what the data key seals.
///
///     version 1 │ length of key id 1 │ key id │ nonce 12 │ wrapped data key 32 + 16 │ nonce 12 │ ciphertext n + 16
///
/// Each value has a data key of its own, so that a new key of the ring has only the 48 bytes to wrap again and never sees the value.
struct SealedValue: Equatable {
    static let version: UInt8 = 1

    var keyID: String
    var wrapNonce: [UInt8]
    var wrappedKey: [UInt8]
    /// Nonce and ciphertext, which a change of keys leaves as they are.
    var payload: [UInt8]

    /// Nil for bytes that are no sealed value.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        func take(_ count: Int) -> [UInt8]? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        guard let head = take(2), head[0] == Self.version, let name = take(Int(head[1])),
            let keyID = String(validating: name, as: UTF8.self),
            let wrapNonce = take(AESGCM.nonceByteCount), let wrappedKey = take(AESGCM.keyByteCount + AESGCM.tagByteCount),
            rest.count >= AESGCM.nonceByteCount + AESGCM.tagByteCount
        else { return nil }
        self.init(keyID: keyID, wrapNonce: wrapNonce, wrappedKey: wrappedKey, payload: Array(rest))
    }

    init(keyID: String, wrapNonce: [UInt8], wrappedKey: [UInt8], payload: [UInt8]) {
        self.keyID = keyID
        self.wrapNonce = wrapNonce
        self.wrappedKey = wrappedKey
        self.payload = payload
    }

    var bytes: [UInt8] { Self.prefix(keyID: keyID) + wrapNonce + wrappedKey + payload }

    /// How every value begins whose data key this key of the ring wraps: the database finds them by it.
    static func prefix(keyID: String) -> [UInt8] {
        [version, UInt8(clamping: keyID.utf8.count)] + Array(keyID.utf8)
    }
}
