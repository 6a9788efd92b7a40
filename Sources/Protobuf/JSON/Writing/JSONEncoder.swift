/// Reads the binary format and writes JSON, guided by a schema.
///
/// The bytes must be in normal form (see `WireNormalizer`), as what this module encodes is. With `isChecking` they may be anything:
/// the encoder gives up with `isAbnormal` where they are not.
struct JSONEncoder: ~Copyable {
    var decoder: Decoder
    var output: ByteBuffer
    /// Types that an Any may hold.
    let types: DescriptorPool
    let options: JSONEncodeOptions
    /// Others wrote the bytes that are being read.
    var isChecking: Bool
    /// The bytes are not in normal form. What was thrown then is not for the caller.
    var isAbnormal = false
    /// Bring what is in an Any into normal form before reading it.
    let normalizesContents: Bool
    private var depth = 0

    init(_ decoder: consuming Decoder, capacity: Int, types: DescriptorPool, options: JSONEncodeOptions, form: JSONTranscoder.Form) {
        self.decoder = decoder
        self.types = types
        self.options = options
        output = ByteBuffer(capacity: capacity)
        isChecking = form == .any
        normalizesContents = form == .normalized
    }

    /// The JSON, once all has been written.
    consuming func finish() -> ByteBuffer { output }

    /// Writes the JSON of the decoder's current message.
    mutating func message(_ message: SchemaRow<JSONMessage>) throws(JSONError) {
        if let wellKnown = message.wellKnown {
            try self.wellKnown(wellKnown, message)
        } else {
            open("{")
            var isFirst = true
            try fields(message, isFirst: &isFirst)
            close("}", isEmpty: isFirst)
        }
    }

    /// Writes the members of a message's object.
    mutating func fields(_ message: SchemaRow<JSONMessage>, isFirst: inout Bool) throws(JSONError) {
        // The least index that may come next: all before it have come or have been left out.
        var next = 0
        var oneofs = BitSet(count: isChecking ? message.bitCount : 0)
        var tag = try nextTag()
        while tag != 0 {
            guard let index = message.index(number: tag >> 3), message.field(at: index).accepts(wireType: tag & 7) else {
                try skip()
                tag = try nextTag()
                continue
            }
            let field = message.field(at: index)
            if isChecking {
                try check(field, isInOrder: index >= next, &oneofs)
            }
            if options.emitsDefaults {
                defaults(message, next..<max(next, index), isFirst: &isFirst)
            }
            next = index &+ 1
            key(field, isFirst: isFirst)
            isFirst = false
            do throws(JSONError) {
                if field.isRepeated {
                    tag = try repeated(field, tag: tag)
                } else {
                    try value(field)
                    tag = try nextTag()
                }
            } catch {
                throw error.inside(field.descriptor.jsonName)
            }
        }
        if options.emitsDefaults {
            defaults(message, next..<message.fieldCount, isFirst: &isFirst)
        }
    }

    @inline(__always)
    mutating func value(_ field: SchemaRow<JSONField>) throws(JSONError) {
        guard let type = field.message else { return try scalar(field) }
        let outer = try enter()
        try message(type)
        decoder.leave(outer)
    }

    // MARK: Defaults

    /// Writes fields that are not set and have no presence.
    @inline(never)
    private mutating func defaults(_ message: SchemaRow<JSONMessage>, _ indexes: Range<Int>, isFirst: inout Bool) {
        for index in indexes {
            let field = message.field(at: index)
            if !field.hasPresence {
                key(field, isFirst: isFirst)
                isFirst = false
                defaultValue(field)
            }
        }
    }

    mutating func defaultValue(_ field: SchemaRow<JSONField>) {
        if field.isRepeated {
            return output.append(field.isMap ? "{}" : "[]")
        }
        switch field.shape {
        case .bool: output.append("false")
        case .string, .bytes: output.append("\"\"")
        case .enumeration: enumeration(0, field)
        default: output.append(field.shape.isQuotedNumber ? "\"0\"" : "0")
        }
    }

    // MARK: Punctuation

    mutating func open(_ bracket: Unicode.Scalar) {
        output.append(UInt8(ascii: bracket))
        depth += 1
    }

    mutating func close(_ bracket: Unicode.Scalar, isEmpty: Bool) {
        depth -= 1
        if options.isIndented && !isEmpty {
            newLine()
        }
        output.append(UInt8(ascii: bracket))
    }

    /// Puts a comma before all members and elements but the first.
    @inline(__always)
    mutating func separate(isFirst: Bool) {
        if !isFirst {
            output.append(UInt8(ascii: ","))
        }
        if options.isIndented {
            newLine()
        }
    }

    @inline(__always)
    mutating func colon() {
        output.append(UInt8(ascii: ":"))
        if options.isIndented {
            output.append(UInt8(ascii: " "))
        }
    }

    @inline(__always)
    private mutating func key(_ field: SchemaRow<JSONField>, isFirst: Bool) {
        let text = options.usesOriginalNames ? field.originalKey : field.key
        if options.isIndented {
            separate(isFirst: isFirst)
            output.append(text, from: 1)
            output.append(UInt8(ascii: " "))
        } else {
            output.append(text, from: isFirst ? 1 : 0)
        }
    }

    @inline(never)
    private mutating func newLine() {
        output.append(UInt8(ascii: "\n"))
        for _ in 0..<depth {
            output.append("  ")
        }
    }

    // MARK: The wire, with errors of this side

    /// Reads from other bytes for a while.
    mutating func within(
        _ bytes: UnsafeRawBufferPointer, isChecking: Bool, _ body: (inout JSONEncoder) throws(JSONError) -> Void
    ) throws(JSONError) {
        let limits = DecodeLimits(depth: decoder.depthLeft)
        var inner: Decoder
        do throws(DecodeError) { inner = unsafe try Decoder(bytes, limits: limits) } catch { throw JSONError(error) }
        let outerIsChecking = self.isChecking
        self.isChecking = isChecking
        swap(&decoder, &inner)
        defer {
            swap(&decoder, &inner)
            self.isChecking = outerIsChecking
        }
        try body(&self)
    }

    @inline(__always)
    mutating func nextTag() throws(JSONError) -> UInt32 {
        do throws(DecodeError) { return try decoder.nextTag() } catch { throw JSONError(error) }
    }

    @inline(never)
    mutating func skip() throws(JSONError) {
        do throws(DecodeError) { try decoder.skip() } catch { throw JSONError(error) }
    }

    @inline(__always)
    mutating func enter() throws(JSONError) -> Decoder.Enclosing {
        do throws(DecodeError) { return try decoder.enter() } catch { throw JSONError(error) }
    }

    @inline(__always)
    mutating func text() throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        do throws(DecodeError) { return unsafe try decoder.text() } catch { throw JSONError(error) }
    }
}

extension SchemaRow<JSONField> {
    /// True if a value of this field can have that wire type; repeated numbers may be packed or not, whatever is declared.
    @inline(__always)
    func accepts(wireType: UInt32) -> Bool {
        wireType == UInt32(self.wireType) || wireType == 2 && self.isRepeated && self.shape.isPackable
    }
}
