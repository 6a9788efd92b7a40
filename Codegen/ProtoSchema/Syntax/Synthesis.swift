/// What the language makes of a map field and of a proto3 `optional` one.
extension MessageSyntax {
    /// `map<K, V> name = N` has entries `message NameEntry { K key = 1; V value = 2; }`.
    static func mapEntry(for field: FieldSyntax, key: Name, value: Name) -> MessageSyntax {
        func member(_ name: String, _ number: Int32, _ type: Name) -> FieldSyntax {
            FieldSyntax(
                site: Site(span: type.span), label: .optional, type: type, name: Name(text: name, span: type.span),
                number: Number(value: number, span: type.span))
        }
        return MessageSyntax(
            site: Site(span: field.site.span), name: Name(text: NameForm.mapEntry(field.name.text), span: field.name.span),
            fields: [member("key", 1, key), member("value", 2, value)], mapField: field.name)
    }

    /// Gives each proto3 `optional` field its oneof, behind all written ones, so that the written ones keep their indices.
    mutating func addSyntheticOneofs() {
        guard fields.contains(where: { $0.label == .optional && $0.oneof == nil }) else { return }
        var taken = Set(fields.map(\.name.text) + oneofs.map(\.name.text))
        for index in fields.indices where fields[index].label == .optional && fields[index].oneof == nil {
            let field = fields[index]
            var name = field.name.text.hasPrefix("_") ? field.name.text : "_" + field.name.text
            while !taken.insert(name).inserted { name = "X" + name }
            fields[index].oneof = oneofs.count
            fields[index].isProto3Optional = true
            oneofs.append(OneofSyntax(site: field.site, name: Name(text: name, span: field.name.span), isSynthetic: true))
        }
    }
}
