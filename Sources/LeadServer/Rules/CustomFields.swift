internal import LeadAPI
internal import Protobuf

/// The rules of custom fields beside those of the .proto: words for keys, and a bound for all of them together.
enum CustomFields {
    /// What is wrong with them together, beside their number.
    static func flaw(in fields: Map<String, CustomValue>) -> String? {
        if fields.isEmpty { return nil }
        if !fields.allSatisfy({ isKey($0.key) }) {
            return "A key is not allowed: begin with a-z, go on with a-z, 0-9 and _, at most \(Limits.customFieldKeyBytes) in all."
        }
        let bytes = fields.reduce(0) { $0 + $1.key.utf8.count + size(of: $1.value) }
        return bytes > Limits.customFieldsBytes ? "Together they have more than \(Limits.customFieldsBytes) bytes." : nil
    }

    private static func size(of value: CustomValue) -> Int {
        switch value.value {
        case .text(let text): text.utf8.count
        case .number: 8
        case .flag: 1
        case nil: 0
        }
    }

    static func text(of value: CustomValue) -> String? {
        if case .text(let text) = value.value { text } else { nil }
    }

    static func isKey(_ key: String) -> Bool {
        guard let first = key.utf8.first, (0x61...0x7A).contains(first), key.utf8.count <= Limits.customFieldKeyBytes else { return false }
        return key.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
    }
}
