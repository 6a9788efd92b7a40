/// A protobuf message: a plain value that can be written to and read from the wire.
///
/// Conformances are generated. A conformance says what its fields are, in straight-line code; everything about bytes is in
/// `Encoder` and `Decoder`, everything about JSON in `JSONTranscoder`.
public protocol Message: Sendable, Hashable {
    /// The full name of the message, for example `switchboard.lead.v1.Lead`.
    static var fullName: String { get }

    /// The .proto file that declares the message, with the files it imports.
    static var file: EmbeddedFile { get }

    /// A message with every field at its default.
    init()

    /// Fields that the schema does not know, as they came.
    var unknownFields: UnknownFields { get set }

    /// Reads fields until the decoder's current message ends; singular messages merge, repeated fields grow, all else is replaced.
    mutating func merge(from decoder: inout Decoder) throws(DecodeError)

    /// Writes the fields **last to first**: the encoder fills its buffer from the back.
    func encode(to encoder: inout Encoder)
}

extension Message {
    /// Decodes a whole message.
    @inlinable
    public init(decoding bytes: RawSpan, limits: DecodeLimits = .standard) throws(DecodeError) {
        self.init()
        try merge(bytes, limits: limits)
    }

    /// Decodes a whole message.
    @inlinable
    public init(decoding bytes: [UInt8], limits: DecodeLimits = .standard) throws(DecodeError) {
        self.init()
        unsafe try merge(bytes.span.bytes, limits: limits)
    }

    /// A message that `fill` has filled in: `Lead.with { $0.email = "ada@example.com" }`.
    @inlinable
    public static func with<Failure: Error>(_ fill: (inout Self) throws(Failure) -> Void) throws(Failure) -> Self {
        var message = Self()
        try fill(&message)
        return message
    }

    /// Decodes a message on top of this one, as protobuf merges: what is set in `bytes` wins.
    ///
    /// After an error the fields that were read before it have been changed.
    @inlinable
    public mutating func merge(_ bytes: RawSpan, limits: DecodeLimits = .standard) throws(DecodeError) {
        unsafe try bytes.withUnsafeBytes { (buffer) throws(DecodeError) in
            var decoder = try unsafe Decoder(buffer, limits: limits)
            try merge(from: &decoder)
        }
    }

    /// The message in the binary format, fields in number order, after `prefix` zero bytes that the caller will fill.
    ///
    /// - Parameter deterministic: sort map entries by key, so that equal messages of one build give equal bytes.
    public func encoded(reserving prefix: Int = 0, deterministic: Bool = false) -> [UInt8] {
        Encoder.encode(reserving: prefix, deterministic: deterministic) { encode(to: &$0) }
    }
    /// Appends the message in the binary format to `bytes`, whose memory can so be used again for one message after the other.
    public func append(to bytes: inout [UInt8], deterministic: Bool = false) {
        Encoder.append(to: &bytes, deterministic: deterministic) { encode(to: &$0) }
    }
}
