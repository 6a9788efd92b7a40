/// Reads JSON and writes the binary format, guided by a schema.
struct JSONDecoder: ~Copyable {
    var reader: JSONReader
    var output: ByteBuffer
    /// Types that an Any may hold.
    let types: DescriptorPool
    let options: JSONDecodeOptions

    /// - Parameter text: valid UTF-8, alive and unchanged for as long as the decoder lives.
    init(_ text: UnsafeBufferPointer<UInt8>, types: DescriptorPool, options: JSONDecodeOptions) {
        reader = unsafe JSONReader(text, depth: options.depth)
        // Few messages are longer than their JSON.
        output = ByteBuffer(capacity: text.count &+ 64)
        self.types = types
        self.options = options
    }

    /// The binary format, once all has been read.
    consuming func finish() -> ByteBuffer { output }

    /// Reads the JSON of one message.
    mutating func message(_ message: SchemaRow<JSONMessage>) throws(JSONError) {
        if let wellKnown = message.wellKnown {
            try self.wellKnown(wellKnown, message)
        } else {
            try object(message)
        }
    }

    /// Reads `{ "field": value, … }`.
    ///
    /// - Parameter isContent: the object is an Any's, whose `@type` has been read once.
    mutating func object(_ message: SchemaRow<JSONMessage>, isContent: Bool = false) throws(JSONError) {
        // One more for an Any's type.
        var seen = BitSet(count: message.bitCount &+ 1)
        // Objects mostly have their members by number.
        var expected = 0
        var isInside = try reader.open(UInt8(ascii: "{"), "an object")
        while isInside {
            _ = reader.peek()
            var place = reader.offset
            if let index = try key(of: message, expected: expected, isContent: isContent, &seen) {
                try member(message.field(at: index), index, at: place, &seen)
                expected = index &+ 1
                while expected < message.fieldCount {
                    place = reader.offset &+ 1
                    let field = message.field(at: expected)
                    guard reader.take(field.key, from: 0) else { break }
                    try member(field, expected, at: place, &seen)
                    expected &+= 1
                }
            }
            isInside = try reader.more(UInt8(ascii: "{"))
        }
    }

    /// Reads a name and its colon, and all of the member if it is none of the message's; nil then.
    private mutating func key(
        of message: SchemaRow<JSONMessage>, expected: Int, isContent: Bool, _ seen: inout BitSet
    ) throws(JSONError) -> Int? {
        if expected < message.fieldCount, reader.take(message.field(at: expected).key, from: 1) {
            return expected
        }
        let place = reader.offset
        let name = unsafe try reader.string("a field name in double quotes")
        if let index = unsafe message.index(named: name) {
            try reader.expect(UInt8(ascii: ":"), "a colon")
            return index
        }
        let text = unsafe String(decoding: name, as: UTF8.self)
        if isContent, text == "@type", !seen.insert(message.bitCount) {
            throw reader.error("The field \"@type\" is there twice.", at: place)
        }
        try unknown(text, in: message, at: place, isContent: isContent)
        return nil
    }

    private mutating func unknown(
        _ name: String, in message: SchemaRow<JSONMessage>, at place: Int, isContent: Bool
    ) throws(JSONError) {
        if !options.ignoresUnknownFields && !(isContent && name == "@type") {
            let node = message.descriptor
            let nearest = NearestName.of(name, among: node.fields.map(\.jsonName))
            let reason = "\(node.fullName) has no field \"\(name)\"."
            throw reader.error(reason, at: place, suggestion: nearest).inside(name)
        }
        try reader.expect(UInt8(ascii: ":"), "a colon")
        try reader.skip()
    }

    /// Reads a field's value.
    @inline(__always)
    private mutating func member(
        _ field: SchemaRow<JSONField>, _ index: Int, at place: Int, _ seen: inout BitSet
    ) throws(JSONError) {
        if !seen.insert(index) {
            throw reader.error("The field \"\(field.descriptor.jsonName)\" is there twice.", at: place)
        }
        do throws(JSONError) {
            let isSet = try value(of: field)
            if isSet, field.oneofBit >= 0, !seen.insert(Int(field.oneofBit)) {
                throw reader.error("Another field of the same oneof is already set.", at: place)
            }
        } catch {
            throw error.inside(field.descriptor.jsonName)
        }
    }

    /// False if it was null and the field stays unset.
    @inline(__always)
    private mutating func value(of field: SchemaRow<JSONField>) throws(JSONError) -> Bool {
        // For Value and NullValue `null` is a value like any other; but an array or a map of them cannot be null itself.
        if reader.peek() == UInt8(ascii: "n") && (field.isRepeated || !field.takesNull) {
            try reader.null()
            return false
        }
        if field.isRepeated {
            try repeated(field)
        } else if let type = field.message {
            try nested(type, field.tag)
        } else {
            return try scalar(field, tag: field.tag, omitsDefault: !field.hasPresence)
        }
        return true
    }

    mutating func nested(_ type: SchemaRow<JSONMessage>, _ tag: UInt32) throws(JSONError) {
        output.appendVarint(UInt64(tag))
        let block = output.openBlock()
        try message(type)
        output.closeBlock(block)
    }
}
