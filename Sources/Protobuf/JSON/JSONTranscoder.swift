import Synchronization

/// Turns one message type's binary format into proto3 JSON and back, from its descriptor alone.
public struct JSONTranscoder: Sendable {
    private let schema: JSONSchema
    private let message: SchemaRow<JSONMessage>
    private let descriptor: MessageDescriptor
    private let types: DescriptorPool

    /// - Parameter types: the types that an Any may hold; by default those of the message's own pool.
    public init(_ message: MessageDescriptor, types: DescriptorPool? = nil) {
        schema = message.pool.jsonSchema
        self.message = schema.message(message.node)
        descriptor = message
        self.types = types ?? message.pool
    }

    // MARK: To JSON

    /// The JSON of a message in the binary format. Unknown fields are left out.
    ///
    /// - Throws: `JSONError` without line and column, if the bytes are no message or hold what JSON cannot say.
    public func json(from bytes: [UInt8], _ options: JSONEncodeOptions = JSONEncodeOptions()) throws(JSONError) -> String {
        try written(bytes, options, .any).string()
    }

    /// The JSON of a message in the binary format, as UTF-8.
    ///
    /// - Throws: as `json(from:)`.
    public func jsonBytes(from bytes: [UInt8], _ options: JSONEncodeOptions = JSONEncodeOptions()) throws(JSONError) -> [UInt8] {
        try written(bytes, options, .any).array()
    }

    /// What is known of a message's bytes.
    enum Form {
        /// Nothing.
        case any
        /// This module has encoded them, so they are in normal form; what is in an Any may have come from others.
        case own
        /// They are in normal form, and what is in an Any is to be brought into it.
        case normalized
    }

    /// Writes JSON in one go where the bytes are in normal form, as nearly all are, and else once more from bytes that are.
    func written(_ bytes: [UInt8], _ options: JSONEncodeOptions, _ form: Form) throws(JSONError) -> ByteBuffer {
        var isAbnormal = false
        do throws(JSONError) {
            return try written(bytes, options, form, &isAbnormal)
        } catch {
            guard isAbnormal else { throw error }
        }
        var normal = bytes
        if form == .any {
            do throws(DecodeError) {
                normal = unsafe try bytes.span.bytes.withUnsafeBytes { (buffer) throws(DecodeError) in
                    unsafe try WireNormalizer.normalize(buffer, descriptor.node, pool: descriptor.pool, limits: .standard)
                }
            } catch {
                throw JSONError(error)
            }
        }
        return try written(normal, options, .normalized, &isAbnormal)
    }

    private func written(
        _ bytes: [UInt8], _ options: JSONEncodeOptions, _ form: Form, _ isAbnormal: inout Bool
    ) throws(JSONError) -> ByteBuffer {
        unsafe try bytes.span.bytes.withUnsafeBytes { (buffer) throws(JSONError) in
            let decoder: Decoder
            do throws(DecodeError) { decoder = unsafe try Decoder(buffer, limits: .standard) } catch { throw JSONError(error) }
            // Names and punctuation take about as much as values.
            var encoder = JSONEncoder(decoder, capacity: bytes.count &* 2 &+ 256, types: types, options: options, form: form)
            do throws(JSONError) {
                try encoder.message(message)
            } catch {
                isAbnormal = encoder.isAbnormal
                throw error
            }
            return encoder.finish()
        }
    }

    // MARK: From JSON

    /// The binary format of a message in JSON.
    ///
    /// - Throws: `JSONError` with line, column and path.
    public func bytes(from json: String, _ options: JSONDecodeOptions = JSONDecodeOptions()) throws(JSONError) -> [UInt8] {
        try read(json, options).array()
    }

    /// The binary format of a message in JSON that is UTF-8.
    ///
    /// - Throws: `JSONError` with line, column and path.
    public func bytes(from json: [UInt8], _ options: JSONDecodeOptions = JSONDecodeOptions()) throws(JSONError) -> [UInt8] {
        unsafe try read(json.span.bytes, options).array()
    }

    func read(_ json: String, _ options: JSONDecodeOptions) throws(JSONError) -> ByteBuffer {
        unsafe try json.utf8Span.span.withUnsafeBufferPointer { (text) throws(JSONError) in
            unsafe try read(text, options)
        }
    }

    func read(_ json: RawSpan, _ options: JSONDecodeOptions) throws(JSONError) -> ByteBuffer {
        unsafe try json.withUnsafeBytes { (bytes) throws(JSONError) in
            unsafe try bytes.withMemoryRebound(to: UInt8.self) { (text) throws(JSONError) in
                guard unsafe UTF8Check.isValid(text) else { throw unsafe JSONReader.notUTF8(text) }
                return unsafe try read(text, options)
            }
        }
    }

    private func read(_ text: UnsafeBufferPointer<UInt8>, _ options: JSONDecodeOptions) throws(JSONError) -> ByteBuffer {
        var decoder = unsafe JSONDecoder(text, types: types, options: options)
        try decoder.message(message)
        try decoder.reader.expectEnd()
        return decoder.finish()
    }

    // MARK: Generated messages

    private static let known = Mutex<[ObjectIdentifier: JSONTranscoder]>([:])

    /// The transcoder of a generated message, made at its first use.
    static func of<M: Message>(_ type: M.Type, types: DescriptorPool?) throws(JSONError) -> JSONTranscoder {
        if let transcoder = known.withLock({ $0[ObjectIdentifier(type)] }) {
            return types.map { JSONTranscoder(transcoder.descriptor, types: $0) } ?? transcoder
        }
        let pool: DescriptorPool
        do throws(DescriptorError) { pool = try DescriptorPool([M.file]) } catch { throw JSONError(unsayable: error.description) }
        guard let message = pool.message(named: M.fullName) else {
            throw JSONError(unsayable: "The embedded descriptor of \(M.file.name) has no message \(M.fullName).")
        }
        let transcoder = JSONTranscoder(message)
        known.withLock { $0[ObjectIdentifier(type)] = transcoder }
        return types.map { JSONTranscoder(message, types: $0) } ?? transcoder
    }
}
