/// Base64 with the standard alphabet (RFC 4648 section 4).
public enum Base64 {
    /// What a decoder makes of trailing `=`.
    public enum Padding: Sendable {
        /// There must be none (gRPC's `-bin` metadata as we send it, RFC 7515's base64url).
        case none
        /// The text must be filled up to a multiple of four.
        case required
        /// Either all of it or none of it, as gRPC asks of a receiver.
        case optional
    }

    public static func encode(_ bytes: RawSpan, padded: Bool = false) -> String {
        Base64Alphabet.standard.encode(bytes, padded: padded)
    }

    public static func encode(_ bytes: [UInt8], padded: Bool = false) -> String {
        unsafe Base64Alphabet.standard.encode(bytes.span.bytes, padded: padded)
    }

    /// Nil when the text has a foreign character (white space, too), a wrong length or padding, or set bits beyond the last byte:
    /// so each value has one text.
    public static func decode(_ text: RawSpan, padding: Padding = .optional) -> [UInt8]? {
        Base64Alphabet.standard.decode(text, padding: padding)
    }

    public static func decode(_ text: [UInt8], padding: Padding = .optional) -> [UInt8]? {
        unsafe Base64Alphabet.standard.decode(text.span.bytes, padding: padding)
    }

    /// As `decode` of the text's UTF-8 bytes.
    public static func decode(_ text: String, padding: Padding = .optional) -> [UInt8]? {
        unsafe Base64Alphabet.standard.decode(text.utf8.span.bytes, padding: padding)
    }
}

/// Base64 with the alphabet for URLs and file names (RFC 4648 section 5), never padded: the form of JWS (RFC 7515).
public enum Base64URL {
    public static func encode(_ bytes: RawSpan) -> String {
        Base64Alphabet.url.encode(bytes, padded: false)
    }

    public static func encode(_ bytes: [UInt8]) -> String {
        unsafe Base64Alphabet.url.encode(bytes.span.bytes, padded: false)
    }

    /// Nil when the text has a foreign character (`=` and white space, too), an impossible length, or set bits beyond the last byte.
    public static func decode(_ text: RawSpan) -> [UInt8]? {
        Base64Alphabet.url.decode(text, padding: .none)
    }

    public static func decode(_ text: [UInt8]) -> [UInt8]? {
        unsafe Base64Alphabet.url.decode(text.span.bytes, padding: .none)
    }

    /// As `decode` of the text's UTF-8 bytes.
    public static func decode(_ text: String) -> [UInt8]? {
        unsafe Base64Alphabet.url.decode(text.utf8.span.bytes, padding: .none)
    }
}
