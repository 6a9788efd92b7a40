internal import Protobuf

/// The forms that protobuf derives from a name. ASCII only, as identifiers are.
enum NameForm {
    /// The nested message that holds a map field's entries: `foo_bar` → `FooBarEntry`.
    static func mapEntry(_ name: String) -> String { upperCamel(name) + "Entry" }

    /// What remains of an enum value's name when the enum's own name is cut off the front, whatever case and underscores:
    /// `LEAD_STATUS_OPEN` of `LeadStatus` → `Open`. Two values that agree in it would get the same name in most languages.
    static func enumCase(_ value: String, of enumName: String) -> String {
        func folded(_ text: some StringProtocol) -> String { String(text.filter { $0 != "_" }).lowercased() }
        let prefix = folded(enumName)
        var rest = Substring(value)
        var matched = ""
        while matched.utf8.count < prefix.utf8.count, let letter = rest.popFirst() {
            if letter != "_" { matched += letter.lowercased() }
        }
        guard matched == prefix else { return upperCamel(value.lowercased()) }
        let stem = rest.drop { $0 == "_" }
        return upperCamel((stem.isEmpty ? value : String(stem)).lowercased())
    }

    private static func upperCamel(_ name: String) -> String {
        let camel = FieldDescriptor.jsonName(of: name)
        return camel.prefix(1).uppercased() + camel.dropFirst()
    }
}
