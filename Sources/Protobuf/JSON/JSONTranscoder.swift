import Synchronization

/// Turns one message type's binary format into proto3 JSON and back, from its descriptor alone.
public struct JSONTranscoder: Sendable {
    private let node: MessageNode
    private let pool: DescriptorPool
    private let types: DescriptorPool

    /// - Parameter types: the types that an Any may hold; by default those of the message's own pool.
    public init(_ message: MessageDescriptor, types: DescriptorPool? = nil) {
        node = message.node
        pool = message.pool
        self.types = types ?? message.pool
    }

    /// The JSON of a message in the binary format. Unknown fields are left out.
    ///
    /// - Throws: `JSONError` without line and column, if the bytes are no message or hold what JSON cannot say.
    public func json(from bytes: [UInt8], _ options: JSONEncodeOptions = JSONEncodeOptions()) throws(JSONError) -> String {
        let normal: [UInt8]
        do throws(DecodeError) {
            normal = unsafe try bytes.span.bytes.withUnsafeBytes { (buffer) throws(DecodeError) in
                unsafe try WireNormalizer.normalize(buffer, node, pool: pool, limits: .standard)
            }
        } catch {
            throw JSONError(error)
        }
        return try json(fromNormal: normal, options)
    }

    /// The binary format of a message in JSON.
    public func bytes(from json: String, _ options: JSONDecodeOptions = JSONDecodeOptions()) throws(JSONError) -> [UInt8] {
        unsafe try json.utf8Span.span.withUnsafeBufferPointer { (text) throws(JSONError) in
            var decoder = JSONDecoder(
                reader: unsafe JSONReader(text, depth: options.depth), output: ByteBuffer(capacity: text.count), pool: pool,
                types: types, options: options)
            try decoder.message(node)
            try decoder.reader.expectEnd()
            return decoder.output.array()
        }
    }

    /// The JSON of bytes that this module has encoded.
    func json(fromNormal bytes: [UInt8], _ options: JSONEncodeOptions) throws(JSONError) -> String {
        unsafe try bytes.span.bytes.withUnsafeBytes { (buffer) throws(JSONError) in
            let decoder: Decoder
            do throws(DecodeError) { decoder = unsafe try Decoder(buffer, limits: .standard) } catch { throw JSONError(error) }
            var encoder = JSONEncoder(decoder, types: types, options: options)
            try encoder.message(node, pool: pool)
            return encoder.output.string()
        }
    }

    // MARK: Generated messages

    private static let known = Mutex<[ObjectIdentifier: JSONTranscoder]>([:])

    /// The transcoder of a generated message, made at its first use.
    static func of<M: Message>(_ type: M.Type) throws(JSONError) -> JSONTranscoder {
        if let transcoder = known.withLock({ $0[ObjectIdentifier(type)] }) {
            return transcoder
        }
        let pool: DescriptorPool
        do throws(DescriptorError) { pool = try DescriptorPool([M.file]) } catch { throw JSONError(error.description) }
        guard let message = pool.message(named: M.fullName) else {
            throw JSONError("The embedded descriptor of \(M.file.name) has no message \(M.fullName).")
        }
        let transcoder = JSONTranscoder(message)
        known.withLock { $0[ObjectIdentifier(type)] = transcoder }
        return transcoder
    }

    func knowing(_ types: DescriptorPool?) -> JSONTranscoder {
        types.map { JSONTranscoder(MessageDescriptor(pool: pool, node: node), types: $0) } ?? self
    }
}

extension Message {
    /// Reads the JSON of one message.
    ///
    /// - Parameter types: the types that an Any may hold; by default those of the message's file and its imports.
    /// - Throws: `JSONError` with line, column and path.
    public init(
        json: String, options: JSONDecodeOptions = JSONDecodeOptions(), types: DescriptorPool? = nil
    ) throws(JSONError) {
        let bytes = try JSONTranscoder.of(Self.self).knowing(types).bytes(from: json, options)
        do throws(DecodeError) {
            try self.init(decoding: bytes)
        } catch {
            throw JSONError(error)
        }
    }

    /// The message as JSON, fields in number order and map entries by key. Unknown fields are left out.
    ///
    /// - Parameter types: the types that an Any may hold; by default those of the message's file and its imports.
    /// - Throws: `JSONError` if the message holds what JSON cannot say, such as a Timestamp in the year 10000.
    public func json(
        _ options: JSONEncodeOptions = JSONEncodeOptions(), types: DescriptorPool? = nil
    ) throws(JSONError) -> String {
        try JSONTranscoder.of(Self.self).knowing(types).json(fromNormal: encoded(deterministic: true), options)
    }
}
