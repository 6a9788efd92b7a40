internal import Protobuf

/// How requests of one type are written into records: as JSON, in which what is sensitive shows only that it was there. There is no other way
/// from a request into a record, so none can be forgotten.
struct RecordedRequest: Sendable {
    private enum Showing: Sendable {
        case value
        case only(String)
    }

    private let descriptor: MessageDescriptor
    /// Of each message type that a request can hold, by its full name: how each field is shown, by its number.
    private let fields: [String: [Int32: Showing]]

    /// Reads what the .proto declares about each field; the descriptor's pool has to have its options.
    init(_ descriptor: MessageDescriptor) {
        self.descriptor = descriptor
        var fields: [String: [Int32: Showing]] = [:]
        var open = [descriptor]
        while let message = open.popLast() {
            if fields[message.fullName] != nil { continue }
            fields[message.fullName] = Dictionary(
                uniqueKeysWithValues: message.fields.map { ($0.number, Self.showing($0, in: descriptor.pool)) })
            for field in message.fields {
                let value = message.entry(of: field)?.value ?? field
                if value.kind == .message, let type = descriptor.pool.message(named: String((value.proto.typeName ?? "").dropFirst())) {
                    open.append(type)
                }
            }
        }
        self.fields = fields
    }

    /// By `(switchboard.options.v1.sensitive)`.
    private static func showing(_ field: FieldDescriptor, in pool: DescriptorPool) -> Showing {
        guard let options = field.proto.options, !options.unknownFields.isEmpty else { return .value }
        // Options that cannot be read might say anything.
        guard let known = try? DynamicMessage(options, in: pool) else { return .only("[unknown]") }
        switch known["[switchboard.options.v1.sensitive]"]?.enumValue ?? 0 {
        case 0: return .value
        case 1: return .only("[pii]")
        default: return .only("[secret]")
        }
    }

    /// A request's bytes as one line of JSON.
    func json(_ bytes: [UInt8]) -> String {
        guard let message = try? DynamicMessage(descriptor, decoding: bytes) else { return "\"[malformed]\"" }
        var text = ""
        write(message, to: &text)
        return text
    }

    private func write(_ message: DynamicMessage, to text: inout String) {
        let type = message.descriptor.fullName
        if type == "google.protobuf.Any" { return text += "\"[\(message["type_url"]?.stringValue?.prefix(100) ?? "any")]\"" }
        if type.hasPrefix("google.protobuf."), let json = try? message.json() { return text += json }
        let showings = fields[type] ?? [:]
        text += "{"
        var isFirst = true
        for (field, value) in message.setFields {
            text += isFirst ? "" : ","
            isFirst = false
            text += JSONText.quoted(field.jsonName) + ":"
            switch showings[field.number] {
            case .only(let word): text += "\"\(word)\""
            case .value: write(value, to: &text)
            case nil: text += "\"[unknown]\""
            }
        }
        text += "}"
    }

    private func write(_ value: DynamicValue, to text: inout String) {
        switch value {
        case .bool(let flag): text += "\(flag)"
        case .string(let string): text += JSONText.quoted(Self.shortened(string))
        case .bytes(let bytes): text += "\"[\(bytes.count) bytes]\""
        case .enumeration(let number): text += "\(number)"
        case .message(let message): write(message, to: &text)
        case .list(let values):
            list(values.prefix(Self.mostElements).map { value in { write(value, to: &$0) } }, of: values.count, to: &text)
        case .map(let entries):
            list(
                entries.prefix(Self.mostElements).map { entry in
                    {
                        $0 += JSONText.quoted(Self.shortened("\(entry.key)")) + ","
                        write(entry.value, to: &$0)
                    }
                }, of: entries.count, to: &text)
        case .float(let number): text += JSONText.quoted("\(number)")
        case .double(let number): text += JSONText.quoted("\(number)")
        default: text += value.signedValue.map { "\($0)" } ?? value.unsignedValue.map { "\($0)" } ?? "null"
        }
    }

    /// A record is read by people: of a long list they see how long it was.
    private func list(_ elements: [(inout String) -> Void], of count: Int, to text: inout String) {
        text += "["
        for (index, element) in elements.enumerated() {
            text += index == 0 ? "" : ","
            element(&text)
        }
        if count > elements.count { text += ",\"[\(count - elements.count) more]\"" }
        text += "]"
    }

    private static let mostElements = 20
    private static let mostCharacters = 200

    private static func shortened(_ string: String) -> String {
        string.unicodeScalars.count > mostCharacters
            ? String(String.UnicodeScalarView(string.unicodeScalars.prefix(mostCharacters))) + "…" : string
    }
}
