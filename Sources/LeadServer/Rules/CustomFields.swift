internal import LeadAPI
internal import Protobuf

/// The rules of custom fields: bounded in number and size, one value each, nothing nested.
enum CustomFields {
    static func check(_ fields: Map<String, CustomValue>, _ violations: inout Violations) {
        guard fields.count <= Limits.customFields else {
            violations.add("custom_fields", "There are more than \(Limits.customFields) of them.")
            return
        }
        var bytes = 0
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            bytes += key.utf8.count
            guard isKey(key) else {
                violations.add(
                    "custom_fields",
                    "A key is not allowed: begin with a-z, go on with a-z, 0-9 and _, at most \(Limits.customFieldKeyBytes) in all.")
                continue
            }
            let path = "custom_fields.\(key)"
            switch value.value {
            case .text(let text):
                bytes += text.utf8.count
                if let flaw = Text.flaw(in: text, atMost: Limits.customFieldTextLength) { violations.add(path, flaw) }
            case .number(let number):
                bytes += 8
                if !number.isFinite { violations.add(path, "It is no finite number.") }
            case .flag:
                bytes += 1
            case nil:
                violations.add(path, "It has no value: set text, number or flag.")
            }
        }
        if bytes > Limits.customFieldsBytes {
            violations.add("custom_fields", "Together they have more than \(Limits.customFieldsBytes) bytes.")
        }
    }

    static func isKey(_ key: String) -> Bool {
        guard let first = key.utf8.first, (0x61...0x7A).contains(first), key.utf8.count <= Limits.customFieldKeyBytes else { return false }
        return key.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
    }
}
