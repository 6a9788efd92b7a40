/// The messages whose JSON is not that of their fields.
enum WellKnownType: Sendable {
    case any, timestamp, duration, fieldMask, structure, value, listValue, wrapper

    /// Nil for ordinary messages, and for impostors: types that bear the name but not the fields.
    init?(fullName: String, fields: [FieldDescriptor]) {
        let prefix = "google.protobuf."
        guard fullName.hasPrefix(prefix) else { return nil }
        let shape = fields.map { "\($0.number)\($0.isRepeated ? "*" : "")\($0.kind.rawValue)" }.joined(separator: " ")
        switch (fullName.dropFirst(prefix.count), shape) {
        case ("Any", "19 212"): self = .any
        case ("Timestamp", "13 25"): self = .timestamp
        case ("Duration", "13 25"): self = .duration
        case ("FieldMask", "1*9"): self = .fieldMask
        case ("Struct", "1*11"): self = .structure
        case ("Value", "114 21 39 48 511 611"): self = .value
        case ("ListValue", "1*11"): self = .listValue
        case ("DoubleValue", "11"), ("FloatValue", "12"), ("Int64Value", "13"), ("UInt64Value", "14"), ("Int32Value", "15"),
            ("UInt32Value", "113"), ("BoolValue", "18"), ("StringValue", "19"), ("BytesValue", "112"):
            self = .wrapper
        default: return nil
        }
    }
}
