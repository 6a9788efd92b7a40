/// Reads the binary format and writes JSON, guided by descriptors.
///
/// The bytes must be in normal form: fields in number order, each singular field once, elements together, map keys once
/// (see `WireNormalizer`). What this module encodes is.
struct JSONEncoder: ~Copyable {
    var decoder: Decoder
    var output = ByteBuffer(capacity: 256)
    let types: DescriptorPool
    let options: JSONEncodeOptions
    private var depth = 0

    init(_ decoder: consuming Decoder, types: DescriptorPool, options: JSONEncodeOptions) {
        self.decoder = decoder
        self.types = types
        self.options = options
    }

    /// Writes the JSON of the decoder's current message.
    mutating func message(_ node: MessageNode, pool: DescriptorPool) throws(JSONError) {
        if let wellKnown = node.wellKnown {
            try self.wellKnown(wellKnown, node, pool: pool)
        } else {
            open("{")
            var isFirst = true
            try fields(node, pool: pool, isFirst: &isFirst)
            close("}", isEmpty: isFirst)
        }
    }

    /// Writes the members of a message's object.
    mutating func fields(_ node: MessageNode, pool: DescriptorPool, isFirst: inout Bool) throws(JSONError) {
        var nextDefault = 0
        var tag = try nextTag()
        while tag != 0 {
            guard let field = node.field(number: Int32(truncatingIfNeeded: tag >> 3)), field.accepts(wireType: tag & 7) else {
                try skip()
                tag = try nextTag()
                continue
            }
            if options.emitsDefaults {
                nextDefault = defaults(node, pool: pool, from: nextDefault, before: field.number, isFirst: &isFirst)
            }
            key(field, isFirst: &isFirst)
            do throws(JSONError) {
                if field.isRepeated {
                    tag = try repeated(field, pool: pool, tag: tag)
                } else {
                    try value(field, pool: pool)
                    tag = try nextTag()
                }
            } catch {
                throw error.inside(field.jsonName)
            }
        }
        if options.emitsDefaults {
            _ = defaults(node, pool: pool, from: nextDefault, before: Int32.max, isFirst: &isFirst)
        }
    }

    mutating func value(_ field: FieldDescriptor, pool: DescriptorPool) throws(JSONError) {
        if field.kind != .message {
            return try scalar(field, pool: pool)
        }
        let outer = try enter()
        try message(pool.messages[field.typeIndex], pool: pool)
        decoder.leave(outer)
    }

    /// Writes all elements, which stand together, and returns the tag after them.
    mutating func repeated(_ field: FieldDescriptor, pool: DescriptorPool, tag: UInt32) throws(JSONError) -> UInt32 {
        if field.kind == .message, pool.messages[field.typeIndex].isMapEntry {
            return try map(field, entry: pool.messages[field.typeIndex], pool: pool, tag: tag)
        }
        open("[")
        var index = 0
        var next = tag
        while next != 0, next >> 3 == tag >> 3, field.accepts(wireType: next & 7) {
            do throws(JSONError) {
                if next & 7 == 2, field.kind.isPackable {
                    let outer = try enterPacked()
                    while !decoder.isAtEnd {
                        separate(isFirst: index == 0)
                        try scalar(field, pool: pool)
                        index += 1
                    }
                    decoder.leavePacked(outer)
                } else {
                    separate(isFirst: index == 0)
                    try value(field, pool: pool)
                    index += 1
                }
            } catch {
                throw error.inside(element: index)
            }
            next = try nextTag()
        }
        close("]", isEmpty: index == 0)
        return next
    }

    mutating func map(
        _ field: FieldDescriptor, entry: MessageNode, pool: DescriptorPool, tag: UInt32
    ) throws(JSONError) -> UInt32 {
        open("{")
        var isFirst = true
        var next = tag
        while next == tag {
            separate(isFirst: isFirst)
            isFirst = false
            let outer = try enter()
            let (key, value) = try entryPlaces(entry)
            try mapKey(entry.fields[0], place: key)
            colon()
            do throws(JSONError) {
                try mapValue(entry.fields[1], pool: pool, place: value)
            } catch {
                throw error.inside("[…]")
            }
            decoder.leave(outer)
            next = try nextTag()
        }
        close("}", isEmpty: isFirst)
        return next
    }

    /// Where a map entry's key and value are, nil for what is missing.
    private mutating func entryPlaces(_ entry: MessageNode) throws(JSONError) -> (key: Decoder.Place?, value: Decoder.Place?) {
        var key: Decoder.Place?
        var value: Decoder.Place?
        while true {
            let tag = try nextTag()
            if tag == 0 {
                return (key, value)
            } else if tag == 1 << 3 | entry.fields[0].kind.wireType {
                key = decoder.place
            } else if tag == 2 << 3 | entry.fields[1].kind.wireType {
                value = decoder.place
            }
            try skip()
        }
    }

    private mutating func mapKey(_ field: FieldDescriptor, place: Decoder.Place?) throws(JSONError) {
        if let place {
            decoder.go(to: place)
        }
        if field.kind == .string {
            place == nil ? output.append("\"\"") : try scalar(field, pool: types)
            return
        }
        // 64-bit numbers bring their own quotes.
        let isQuoted = field.kind.isQuotedInJSON
        if !isQuoted {
            output.append("\"")
        }
        if place == nil {
            defaultValue(field, pool: types)
        } else {
            try scalar(field, pool: types)
        }
        if !isQuoted {
            output.append("\"")
        }
    }

    private mutating func mapValue(_ field: FieldDescriptor, pool: DescriptorPool, place: Decoder.Place?) throws(JSONError) {
        if let place {
            decoder.go(to: place)
            try value(field, pool: pool)
        } else if field.kind == .message {
            try within([]) { (encoder) throws(JSONError) in
                try encoder.message(pool.messages[field.typeIndex], pool: pool)
            }
        } else {
            defaultValue(field, pool: pool)
        }
    }

    // MARK: Defaults

    /// Writes fields that are not set and have no presence, up to a number; returns where to go on.
    private mutating func defaults(
        _ node: MessageNode, pool: DescriptorPool, from first: Int, before number: Int32, isFirst: inout Bool
    ) -> Int {
        var index = first
        while index < node.sortedFields.count {
            let field = node.sortedFields[index]
            if field.number > number {
                break
            }
            index += 1
            if field.number == number {
                break
            }
            if !field.hasPresence {
                key(field, isFirst: &isFirst)
                defaultValue(field, pool: pool)
            }
        }
        return index
    }

    private mutating func defaultValue(_ field: FieldDescriptor, pool: DescriptorPool) {
        if field.isRepeated {
            let isMap = field.kind == .message && pool.messages[field.typeIndex].isMapEntry
            return output.append(isMap ? "{}" : "[]")
        }
        switch field.kind {
        case .bool: output.append("false")
        case .string, .bytes: output.append("\"\"")
        case .enum: enumeration(0, pool.enums[field.typeIndex])
        default: output.append(field.kind.isQuotedInJSON ? "\"0\"" : "0")
        }
    }

    // MARK: Punctuation

    mutating func open(_ bracket: StaticString) {
        output.append(bracket)
        depth += 1
    }

    mutating func close(_ bracket: StaticString, isEmpty: Bool) {
        depth -= 1
        if options.isIndented && !isEmpty {
            newLine()
        }
        output.append(bracket)
    }

    /// Puts a comma before all members and elements but the first.
    mutating func separate(isFirst: Bool) {
        if !isFirst {
            output.append(UInt8(ascii: ","))
        }
        if options.isIndented {
            newLine()
        }
    }

    mutating func colon() {
        output.append(UInt8(ascii: ":"))
        if options.isIndented {
            output.append(UInt8(ascii: " "))
        }
    }

    private mutating func key(_ field: FieldDescriptor, isFirst: inout Bool) {
        separate(isFirst: isFirst)
        isFirst = false
        output.append(options.usesOriginalNames ? field.originalKey : field.jsonKey)
        if options.isIndented {
            output.append(UInt8(ascii: " "))
        }
    }

    private mutating func newLine() {
        output.append(UInt8(ascii: "\n"))
        for _ in 0..<depth {
            output.append("  ")
        }
    }

    // MARK: The wire, with errors of this side

    /// Reads from other bytes for a while.
    mutating func within(_ bytes: [UInt8], _ body: (inout JSONEncoder) throws(JSONError) -> Void) throws(JSONError) {
        unsafe try bytes.span.bytes.withUnsafeBytes { (buffer) throws(JSONError) in
            let limits = DecodeLimits(depth: decoder.depthLeft)
            var inner: Decoder
            do throws(DecodeError) { inner = unsafe try Decoder(buffer, limits: limits) } catch { throw JSONError(error) }
            swap(&decoder, &inner)
            defer { swap(&decoder, &inner) }
            try body(&self)
        }
    }

    mutating func nextTag() throws(JSONError) -> UInt32 {
        do throws(DecodeError) { return try decoder.nextTag() } catch { throw JSONError(error) }
    }

    mutating func skip() throws(JSONError) {
        do throws(DecodeError) { try decoder.skip() } catch { throw JSONError(error) }
    }

    mutating func enter() throws(JSONError) -> Decoder.Enclosing {
        do throws(DecodeError) { return try decoder.enter() } catch { throw JSONError(error) }
    }

    private mutating func enterPacked() throws(JSONError) -> Decoder.Enclosing {
        do throws(DecodeError) { return try decoder.enterPacked(elementSize: 1) } catch { throw JSONError(error) }
    }
}

extension FieldDescriptor {
    /// True if a value of this field can have that wire type; repeated numbers may be packed or not, whatever is declared.
    func accepts(wireType: UInt32) -> Bool {
        wireType == kind.wireType || wireType == 2 && isRepeated && kind.isPackable
    }
}

extension FieldDescriptorProto.Kind {
    /// 64-bit numbers, which many JSON readers cannot hold exactly.
    var isQuotedInJSON: Bool {
        switch self {
        case .int64, .uint64, .sint64, .fixed64, .sfixed64: true
        default: false
        }
    }
}
