import Protobuf

/// A field of a request that its .proto bounds: how long it may be, and requests that hold it and nothing else.
struct BoundedField {
    /// As a violation names it: `lead.first_name`.
    var path: String
    /// What protovalidate calls the rule: `string.max_len`.
    var rule: String
    /// The message with this field of that length; at least one more than `limit`.
    var most: [UInt8]
    var tooMuch: [UInt8]

    /// Those of a message, and of the messages in it.
    static func all(of message: MessageDescriptor, depth: Int = 4) -> [BoundedField] {
        message.fields.flatMap { field in
            bounds(of: field) + nested(in: field, of: message, depth)
        }
    }

    /// The fields of a message that stands once in another one.
    private static func nested(in field: FieldDescriptor, of message: MessageDescriptor, _ depth: Int) -> [BoundedField] {
        guard depth > 0, !field.isRepeated, let inner = message.message(of: field), !inner.fullName.hasPrefix("google.") else { return [] }
        return all(of: inner, depth: depth - 1).map { bounded in
            BoundedField(
                path: "\(field.name).\(bounded.path)", rule: bounded.rule, most: Wire.field(field.number, bounded.most),
                tooMuch: Wire.field(field.number, bounded.tooMuch))
        }
    }

    private static func bounds(of field: FieldDescriptor) -> [BoundedField] {
        // `buf.validate.field`, which the descriptor keeps as what it does not know.
        guard let options = field.proto.options?.unknownFields.bytes, let rules = Wire.bytes(1159, in: options) else { return [] }
        func bounded(_ rule: String, _ limit: UInt64, _ path: String, _ make: (Int) -> [UInt8]) -> BoundedField? {
            // A message of megabytes is another test's.
            guard limit < 1 << 20 else { return nil }
            return BoundedField(path: path, rule: rule, most: make(Int(limit)), tooMuch: make(Int(limit) + 1))
        }
        func text(_ count: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "a"), count: count) }
        var found: [BoundedField?] = []
        let isText = field.kind == .string || field.kind == .bytes
        for (kind, name) in [(14, "string"), (15, "bytes")] as [(Int32, String)] {
            guard let own = Wire.bytes(kind, in: rules) else { continue }
            for (number, rule) in [(3, "max_len"), (5, "max_bytes")] as [(Int32, String)] where name == "string" || number == 3 {
                guard let limit = Wire.number(number, in: own) else { continue }
                found.append(bounded("\(name).\(rule)", limit, field.name) { Wire.field(field.number, text($0)) })
            }
        }
        if let own = Wire.bytes(18, in: rules) {
            if let limit = Wire.number(2, in: own), isText {
                found.append(
                    bounded("repeated.max_items", limit, field.name) { count in
                        // Each another one: they may have to be.
                        (0..<count).flatMap { Wire.field(field.number, Array("a\($0)".utf8)) }
                    })
            }
            if let items = Wire.bytes(4, in: own), let string = Wire.bytes(14, in: items), let limit = Wire.number(3, in: string) {
                found.append(bounded("string.max_len", limit, "\(field.name)[0]") { Wire.field(field.number, text($0)) })
            }
        }
        if let own = Wire.bytes(19, in: rules), let limit = Wire.number(2, in: own) {
            found.append(
                bounded("map.max_pairs", limit, field.name) { count in
                    (0..<count).flatMap { Wire.field(field.number, Wire.field(1, Array("k\($0)".utf8))) }
                })
        }
        return found.compactMap { $0 }
    }
}

/// As much of protobuf's binary format as it takes to build such messages, and to read rules, without a type of theirs.
enum Wire {
    static func field(_ number: Int32, _ bytes: [UInt8]) -> [UInt8] {
        varint(UInt64(number) << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    /// The last field of that number, if it is of bytes.
    static func bytes(_ number: Int32, in message: [UInt8]) -> [UInt8]? { fields(message).last { $0.number == number }?.bytes }

    static func number(_ number: Int32, in message: [UInt8]) -> UInt64? { fields(message).last { $0.number == number }?.value }

    private static func fields(_ message: [UInt8]) -> [(number: Int32, value: UInt64?, bytes: [UInt8]?)] {
        var found: [(number: Int32, value: UInt64?, bytes: [UInt8]?)] = []
        var rest = message[...]
        while let tag = varint(&rest) {
            let number = Int32(truncatingIfNeeded: tag >> 3)
            switch tag & 7 {
            case 0: found.append((number, varint(&rest), nil))
            case 1: rest = rest.dropFirst(8)
            case 5: rest = rest.dropFirst(4)
            case 2:
                let count = Int(varint(&rest) ?? 0)
                found.append((number, nil, Array(rest.prefix(count))))
                rest = rest.dropFirst(count)
            default: return found
            }
        }
        return found
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
