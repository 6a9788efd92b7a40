/// google.protobuf.Any, whose content is the bytes of a message that only its URL names.
extension JSONEncoder {
    mutating func any() throws(JSONError) {
        var url = ""
        var content: Decoder.Place?
        while true {
            let tag = try nextTag()
            if tag == 0 {
                break
            } else if tag == 1 << 3 | 2 {
                url = unsafe String(decoding: try text(), as: UTF8.self)
                continue
            } else if tag == 2 << 3 | 2 {
                content = decoder.place
            }
            try skip()
        }
        if url.isEmpty {
            if content != nil {
                throw JSONError(unsayable: "An Any that holds bytes but names no type cannot be said in JSON.")
            }
            return output.append("{}")
        }
        guard let message = types.jsonContent(ofAny: url) else {
            throw JSONError(unsayable: "The type \"\(url)\" in an Any is not known here.")
        }
        open("{")
        separate(isFirst: true)
        output.append("\"@type\"")
        colon()
        output.appendQuoted(url)
        if message.wellKnown != nil {
            separate(isFirst: false)
            output.append("\"value\"")
            colon()
        }
        try self.content(at: content, message)
        close("}", isEmpty: false)
    }

    private mutating func content(at place: Decoder.Place?, _ message: SchemaRow<JSONMessage>) throws(JSONError) {
        var block = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        let end = decoder.place
        if let place {
            decoder.go(to: place)
            do throws(DecodeError) { unsafe block = unsafe UnsafeRawBufferPointer(try decoder.block()) } catch { throw JSONError(error) }
            decoder.go(to: end)
        }
        if !normalizesContents {
            return unsafe try members(of: message, in: block, isChecking: true)
        }
        let bytes: [UInt8]
        do throws(DecodeError) {
            let limits = DecodeLimits(depth: decoder.depthLeft)
            bytes = unsafe try WireNormalizer.normalize(block, message.descriptor, pool: types, limits: limits)
        } catch {
            throw JSONError(error)
        }
        unsafe try bytes.span.bytes.withUnsafeBytes { (bytes) throws(JSONError) in
            unsafe try members(of: message, in: bytes, isChecking: false)
        }
    }

    /// Writes the fields of a message behind the URL, or the JSON of a well-known one.
    private mutating func members(
        of message: SchemaRow<JSONMessage>, in bytes: UnsafeRawBufferPointer, isChecking: Bool
    ) throws(JSONError) {
        unsafe try within(bytes, isChecking: isChecking) { (encoder) throws(JSONError) in
            if message.wellKnown != nil {
                return try encoder.message(message)
            }
            var isFirst = false
            try encoder.fields(message, isFirst: &isFirst)
        }
    }
}
