/// JSON of generated messages.
extension Message {
    /// Reads the JSON of one message.
    ///
    /// - Parameter types: the types that an Any may hold; by default those of the message's file and its imports.
    /// - Throws: `JSONError` with line, column and path.
    public init(
        json: String, options: JSONDecodeOptions = JSONDecodeOptions(), types: DescriptorPool? = nil
    ) throws(JSONError) {
        try self.init(transcoded: try JSONTranscoder.of(Self.self, types: types).read(json, options))
    }

    /// Reads the JSON of one message from UTF-8, as it comes from a file or a socket.
    ///
    /// - Parameter types: the types that an Any may hold; by default those of the message's file and its imports.
    /// - Throws: `JSONError` with line, column and path.
    public init(
        json: RawSpan, options: JSONDecodeOptions = JSONDecodeOptions(), types: DescriptorPool? = nil
    ) throws(JSONError) {
        try self.init(transcoded: try JSONTranscoder.of(Self.self, types: types).read(json, options))
    }

    /// Reads the JSON of one message from UTF-8, as it comes from a file or a socket.
    ///
    /// - Parameter types: the types that an Any may hold; by default those of the message's file and its imports.
    /// - Throws: `JSONError` with line, column and path.
    public init(
        json: [UInt8], options: JSONDecodeOptions = JSONDecodeOptions(), types: DescriptorPool? = nil
    ) throws(JSONError) {
        unsafe try self.init(json: json.span.bytes, options: options, types: types)
    }

    private init(transcoded bytes: consuming ByteBuffer) throws(JSONError) {
        self.init()
        do throws(DecodeError) {
            var decoder = unsafe try Decoder(UnsafeRawBufferPointer(bytes.bytes), limits: .standard)
            try merge(from: &decoder)
        } catch {
            // The transcoder writes no other bytes than those of a message, but it may be larger than what is accepted.
            throw JSONError(error, .invalidText)
        }
    }

    /// The message as JSON, fields in number order and map entries by key. Unknown fields are left out.
    ///
    /// - Parameter types: the types that an Any may hold; by default those of the message's file and its imports.
    /// - Throws: `JSONError` if the message holds what JSON cannot say, such as a Timestamp in the year 10000.
    public func json(
        _ options: JSONEncodeOptions = JSONEncodeOptions(), types: DescriptorPool? = nil
    ) throws(JSONError) -> String {
        try JSONTranscoder.of(Self.self, types: types).written(encoded(deterministic: true), options, .own).string()
    }

    /// The message as JSON in UTF-8, otherwise as `json(_:types:)`.
    public func jsonBytes(
        _ options: JSONEncodeOptions = JSONEncodeOptions(), types: DescriptorPool? = nil
    ) throws(JSONError) -> [UInt8] {
        try JSONTranscoder.of(Self.self, types: types).written(encoded(deterministic: true), options, .own).array()
    }
}
