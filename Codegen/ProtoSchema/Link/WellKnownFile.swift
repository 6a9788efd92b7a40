/// The files of protobuf's own types, for those who forget to import them.
enum WellKnownFile {
    /// The import name of the file that declares a type of google.protobuf; nil for all other names.
    static func declaring(_ fullName: String) -> String? {
        guard fullName.hasPrefix("google.protobuf.") else { return nil }
        let file: String
        switch fullName.dropFirst("google.protobuf.".count) {
        case "Any": file = "any"
        case "Duration": file = "duration"
        case "Empty": file = "empty"
        case "FieldMask": file = "field_mask"
        case "Struct", "Value", "ListValue", "NullValue": file = "struct"
        case "Timestamp": file = "timestamp"
        case "DoubleValue", "FloatValue", "Int64Value", "UInt64Value", "Int32Value", "UInt32Value", "BoolValue", "StringValue",
            "BytesValue":
            file = "wrappers"
        case let name where name.hasSuffix("Options"): file = "descriptor"
        default: return nil
        }
        return "google/protobuf/\(file).proto"
    }
}
