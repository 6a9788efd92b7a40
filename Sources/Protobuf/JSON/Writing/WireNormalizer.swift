/// Brings a message in the binary format into normal form: known fields only, in number order, each singular field once and not at
/// a default that need not be said, one member per oneof, map keys once and in order. It is the same message, told without detours.
struct WireNormalizer: ~Copyable {
    private var output: ByteBuffer
    private let pool: DescriptorPool

    static func normalize(
        _ bytes: UnsafeRawBufferPointer, _ node: MessageNode, pool: DescriptorPool, limits: DecodeLimits
    ) throws(DecodeError) -> [UInt8] {
        var decoder = unsafe try Decoder(bytes, limits: limits)
        var normalizer = WireNormalizer(output: ByteBuffer(capacity: bytes.count), pool: pool)
        try normalizer.message(node, &decoder)
        return normalizer.output.array()
    }

    /// One occurrence of a field.
    private struct Record {
        let field: FieldDescriptor
        let tag: UInt32
        let order: Int
        let value: Decoder.Place
    }

    private mutating func message(_ node: MessageNode, _ decoder: inout Decoder) throws(DecodeError) {
        let records = try WireNormalizer.records(of: node, &decoder)
        let end = decoder.place
        var index = 0
        while index < records.count {
            let field = records[index].field
            var next = index + 1
            while next < records.count && records[next].field.number == field.number {
                next += 1
            }
            let group = records[index..<next]
            if !field.isRepeated {
                try singular(field, group, &decoder)
            } else if field.kind == .message, pool.messages[field.typeIndex].isMapEntry {
                try map(field, group, &decoder)
            } else {
                for record in group {
                    try element(record, &decoder)
                }
            }
            index = next
        }
        decoder.go(to: end)
    }

    /// The known fields of the decoder's current message by number, without members that a later one of their oneof replaced.
    private static func records(of node: MessageNode, _ decoder: inout Decoder) throws(DecodeError) -> [Record] {
        var records: [Record] = []
        while true {
            let tag = try decoder.nextTag()
            if tag == 0 {
                break
            }
            if let field = node.field(number: Int32(truncatingIfNeeded: tag >> 3)), field.accepts(wireType: tag & 7) {
                records.append(Record(field: field, tag: tag, order: records.count, value: decoder.place))
            }
            try decoder.skip()
        }
        var winners: [Int: Int32] = [:]
        var closed: Set<Int> = []
        var kept: [Record] = []
        for record in records.reversed() {
            if let oneof = record.field.oneofIndex {
                let winner = winners[oneof] ?? record.field.number
                winners[oneof] = winner
                if winner != record.field.number {
                    closed.insert(oneof)
                }
                if closed.contains(oneof) {
                    continue
                }
            }
            kept.append(record)
        }
        return kept.sorted { ($0.field.number, $0.order) < ($1.field.number, $1.order) }
    }

    private mutating func singular(
        _ field: FieldDescriptor, _ records: ArraySlice<Record>, _ decoder: inout Decoder
    ) throws(DecodeError) {
        guard let last = records.last else { return }
        if field.kind == .message {
            output.appendVarint(UInt64(last.tag))
            let block = output.openBlock()
            try merged(records, pool.messages[field.typeIndex], &decoder)
            output.closeBlock(block)
            return
        }
        let start = output.count
        output.appendVarint(UInt64(last.tag))
        decoder.go(to: last.value)
        if try scalar(field.kind, &decoder) && !field.hasPresence {
            output.truncate(to: start)
        }
    }

    /// Several occurrences of a singular message are one: what their bytes say one after the other.
    private mutating func merged(
        _ records: ArraySlice<Record>, _ node: MessageNode, _ decoder: inout Decoder
    ) throws(DecodeError) {
        if records.count == 1, let record = records.first {
            decoder.go(to: record.value)
            let outer = try decoder.enter()
            try message(node, &decoder)
            decoder.leave(outer)
            return
        }
        var joined = ByteBuffer(capacity: 256)
        for record in records {
            decoder.go(to: record.value)
            unsafe joined.append(try decoder.block())
        }
        var inner = unsafe try Decoder(UnsafeRawBufferPointer(joined.bytes), limits: DecodeLimits(depth: decoder.depthLeft))
        try message(node, &inner)
    }

    private mutating func element(_ record: Record, _ decoder: inout Decoder) throws(DecodeError) {
        let start = output.count
        output.appendVarint(UInt64(record.tag))
        decoder.go(to: record.value)
        if record.field.kind == .message {
            let block = output.openBlock()
            try merged([record], pool.messages[record.field.typeIndex], &decoder)
            output.closeBlock(block)
        } else if record.tag & 7 == 2 {
            let block = unsafe try decoder.block()
            unsafe output.appendBlock(block)
            if block.isEmpty && record.field.kind.isPackable {
                output.truncate(to: start)
            }
        } else {
            _ = try scalar(record.field.kind, &decoder)
        }
    }

    private mutating func map(
        _ field: FieldDescriptor, _ records: ArraySlice<Record>, _ decoder: inout Decoder
    ) throws(DecodeError) {
        let entry = pool.messages[field.typeIndex]
        let shape = JSONShape(entry.fields[0].kind)
        var entries: [[UInt8]: [UInt8]] = [:]
        for record in records {
            decoder.go(to: record.value)
            let outer = try decoder.enter()
            let parts = try WireNormalizer.records(of: entry, &decoder)
            let end = decoder.place
            var key = DecodedKey(defaultOf: shape)
            if let part = parts.last(where: { $0.field.number == 1 }) {
                decoder.go(to: part.value)
                key = try DecodedKey(shape, &decoder)
            }
            let start = output.count
            for half in entry.fields {
                try singular(half, parts.filter { $0.field.number == half.number }[...], &decoder)
            }
            entries[key.orderedBytes] = unsafe [UInt8](output.bytes(from: start))
            output.truncate(to: start)
            decoder.go(to: end)
            decoder.leave(outer)
        }
        for (_, bytes) in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            output.appendVarint(UInt64(field.number.magnitude) << 3 | 2)
            let block = output.openBlock()
            output.append(bytes)
            output.closeBlock(block)
        }
    }

    /// Copies one value; true if it is its type's default.
    private mutating func scalar(_ kind: FieldDescriptorProto.Kind, _ decoder: inout Decoder) throws(DecodeError) -> Bool {
        switch kind {
        case .string, .bytes:
            let block = unsafe try decoder.block()
            unsafe output.appendBlock(block)
            return block.isEmpty
        case .double, .fixed64, .sfixed64: return append(fixed: try decoder.fixed64())
        case .float, .fixed32, .sfixed32: return append(fixed: try decoder.fixed32())
        case .bool: return append(varint: try decoder.bool() ? 1 : 0)
        case .uint32, .sint32: return append(varint: UInt64(try decoder.uint32()))
        case .int32, .enum: return append(varint: UInt64(bitPattern: Int64(try decoder.int32())))
        default: return append(varint: try decoder.uint64())
        }
    }

    private mutating func append(varint value: UInt64) -> Bool {
        output.appendVarint(value)
        return value == 0
    }

    private mutating func append(fixed value: some FixedWidthInteger) -> Bool {
        output.appendFixed(value)
        return value == 0
    }
}
