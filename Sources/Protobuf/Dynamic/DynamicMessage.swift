/// A message whose type is known at run time only: from a pool that was made of embedded files, of a server's reflection, or of
/// .proto text. Its bytes, its JSON and its errors are those of the generated type.
///
/// Extensions that the pool knows are fields like all others, so that a custom option can be read from an options message:
///
/// ```swift
/// let options = try DynamicMessage(field.proto.options ?? FieldOptions(), in: pool)
/// let rules = options["[buf.validate.field]"]
/// ```
///
/// proto2 is read as far as option files need it: groups are read and written, but not in JSON; enums are open, `required` is not
/// asked for.
///
/// Two messages are equal if they are of one type of one pool, and the same fields are set to the same bits.
public struct DynamicMessage: Sendable, Hashable {
    let pool: DescriptorPool
    // Points into the pool's table.
    let layout: MessageLayout
    var body: MessageBody

    init(pool: DescriptorPool, layout: MessageLayout, body: MessageBody) {
        self.pool = pool
        self.layout = layout
        self.body = body
    }

    /// A message with every field at its default.
    public init(_ descriptor: MessageDescriptor) {
        self.init(pool: descriptor.pool, layout: descriptor.layout, body: MessageBody())
    }

    /// Decodes a whole message.
    public init(
        _ descriptor: MessageDescriptor, decoding bytes: RawSpan, limits: DecodeLimits = .standard
    ) throws(DecodeError) {
        self.init(descriptor)
        try merge(bytes, limits: limits)
    }

    /// Decodes a whole message.
    public init(
        _ descriptor: MessageDescriptor, decoding bytes: [UInt8], limits: DecodeLimits = .standard
    ) throws(DecodeError) {
        self.init(descriptor)
        unsafe try merge(bytes.span.bytes, limits: limits)
    }

    /// A message of a generated or hand-written type, seen through the pool's descriptor of the same name.
    ///
    /// - Throws: `DynamicError` if the pool has no such type, or has one whose fields do not fit.
    public init<M: Message>(_ message: M, in pool: DescriptorPool) throws(DynamicError) {
        guard let descriptor = pool.message(named: M.fullName) else {
            throw DynamicError(.unknownType, "The pool has no message \(M.fullName).")
        }
        do throws(DecodeError) {
            try self.init(descriptor, decoding: message.encoded())
        } catch {
            throw DynamicError(.wrongType, "The pool's \(M.fullName) is another one. \(error)")
        }
    }

    public static func == (first: DynamicMessage, second: DynamicMessage) -> Bool {
        first.layout == second.layout && first.body == second.body
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(body)
    }

    public var descriptor: MessageDescriptor { MessageDescriptor(pool: pool, node: pool.messages[layout.nodeIndex]) }

    /// Fields that the type does not have and no extension of the pool is, as they came.
    public var unknownFields: UnknownFields {
        get { body.unknown }
        set { body.unknown = newValue }
    }

    /// Decodes a message on top of this one, as protobuf merges: what is set in `bytes` wins.
    ///
    /// After an error the fields that were read before it have been changed.
    public mutating func merge(_ bytes: RawSpan, limits: DecodeLimits = .standard) throws(DecodeError) {
        unsafe try bytes.withUnsafeBytes { (buffer) throws(DecodeError) in
            var decoder = try unsafe Decoder(buffer, limits: limits)
            try body.merge(layout, from: &decoder)
        }
    }

    /// The message in the binary format, fields in number order, after `prefix` zero bytes that the caller will fill.
    ///
    /// - Parameter deterministic: sort map entries by key, so that equal messages give equal bytes.
    public func encoded(reserving prefix: Int = 0, deterministic: Bool = false) -> [UInt8] {
        Encoder.encode(reserving: prefix, deterministic: deterministic) { body.encode(layout, to: &$0) }
    }
}
