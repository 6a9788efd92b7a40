/// JSON of dynamic messages.
extension DynamicMessage {
    /// Reads the JSON of one message.
    ///
    /// - Parameter types: the types that an Any may hold; by default those of the message's pool.
    /// - Throws: `JSONError` with line, column and path.
    public init(
        _ descriptor: MessageDescriptor, json: String, options: JSONDecodeOptions = JSONDecodeOptions(), types: DescriptorPool? = nil
    ) throws(JSONError) {
        try self.init(descriptor, transcoded: try JSONTranscoder(descriptor, types: types).read(json, options))
    }

    /// Reads the JSON of one message from UTF-8, as it comes from a file or a socket.
    ///
    /// - Parameter types: the types that an Any may hold; by default those of the message's pool.
    /// - Throws: `JSONError` with line, column and path.
    public init(
        _ descriptor: MessageDescriptor, json: [UInt8], options: JSONDecodeOptions = JSONDecodeOptions(), types: DescriptorPool? = nil
    ) throws(JSONError) {
        unsafe try self.init(descriptor, transcoded: try JSONTranscoder(descriptor, types: types).read(json.span.bytes, options))
    }

    private init(_ descriptor: MessageDescriptor, transcoded bytes: consuming ByteBuffer) throws(JSONError) {
        do throws(DecodeError) {
            unsafe try self.init(descriptor, decoding: bytes.bytes.span.bytes)
        } catch {
            throw JSONError(error, .invalidText)
        }
    }

    /// The message as JSON, fields in number order and map entries by key. Unknown fields and extensions are left out.
    ///
    /// - Parameter types: the types that an Any may hold; by default those of the message's pool.
    /// - Throws: `JSONError` if the message holds what JSON cannot say, such as a Timestamp in the year 10000.
    public func json(
        _ options: JSONEncodeOptions = JSONEncodeOptions(), types: DescriptorPool? = nil
    ) throws(JSONError) -> String {
        try JSONTranscoder(descriptor, types: types).written(encoded(deterministic: true), options, .own).string()
    }

    /// The message as JSON in UTF-8, otherwise as `json(_:types:)`.
    public func jsonBytes(
        _ options: JSONEncodeOptions = JSONEncodeOptions(), types: DescriptorPool? = nil
    ) throws(JSONError) -> [UInt8] {
        try JSONTranscoder(descriptor, types: types).written(encoded(deterministic: true), options, .own).array()
    }
}
