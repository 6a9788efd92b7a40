internal import Protobuf

/// The rules for single fields, extensions and enums.
extension Linker {
    /// Options that only go with some types.
    mutating func checkOptions(of field: FieldDescriptorProto, _ syntax: FieldSyntax) {
        checkDefault(of: field, syntax)
        guard let options = field.options, let kind = field.type else { return }
        func place(_ name: String) -> Span { syntax.options.first { $0.plainName == name }?.span ?? syntax.name.span }
        if options.packed == true, field.label != .repeated || !FieldType.isPackable(kind) {
            log.error("packed is for repeated numbers, bools and enums", at: place("packed"))
        }
        if let type = options.jstype, type != .normal, !FieldType.is64BitInteger(kind) {
            log.error("jstype is for 64-bit integers", at: place("jstype"))
        }
        if options.lazy == true || options.unverifiedLazy == true, kind != .message {
            log.error("lazy is for message fields", at: place(options.lazy == true ? "lazy" : "unverified_lazy"))
        }
    }

    mutating func check(extension field: FieldDescriptorProto, _ syntax: FieldSyntax) {
        checkOptions(of: field, syntax)
        guard let number = syntax.number, let extendee = syntax.extendee else { return }
        guard let target = field.extendee.map({ String($0.dropFirst()) }) else { return }
        let isOption = target.hasPrefix("google.protobuf.") && target.hasSuffix("Options")
        if isProto3, !isOption {
            log.error("proto3 has extensions only of the options in google/protobuf/descriptor.proto", at: extendee.span)
            return
        }
        let ranges = table.messages[target]?.descriptor.extensionRange ?? []
        let isAllowed = ranges.contains { range in
            guard let start = range.start, let end = range.end else { return false }
            return start <= number.value && number.value < end
        }
        if !isAllowed {
            let allowed = ranges.map { "\($0.start ?? 0) to \(($0.end ?? 1) &- 1)" }.joined(separator: ", ")
            let hint = allowed.isEmpty ? "it allows no extensions" : "its extensions are numbered \(allowed)"
            log.error("\"\(target)\" has no extension number \(number.value); \(hint)", at: number.span)
        }
    }

    mutating func check(_ descriptor: EnumDescriptorProto, _ syntax: EnumSyntax) {
        guard let first = syntax.values.first else {
            log.error("the enum \"\(syntax.name.text)\" needs at least one value", at: syntax.name.span)
            return
        }
        if isProto3, let number = first.number, number.value != 0 {
            log.error(
                "the first value of a proto3 enum is 0, the default; for example \(upperSnake(syntax.name.text))_UNSPECIFIED = 0;",
                at: number.span)
        }
        checkAliases(descriptor, syntax)
        checkRanges(syntax.reservedRanges, what: "reserved", least: .min)
        for value in syntax.values {
            guard let number = value.number, let range = syntax.reservedRanges.first(where: { $0.contains(number.value) }) else { continue }
            log.error("number \(number.value) is reserved (\(file.source.text(range.span)))", at: number.span)
        }
        checkReservedNames(syntax.reservedNames, fields: syntax.values.map(\.name), what: "value")
        checkValueNames(of: syntax)
    }

    private mutating func checkAliases(_ descriptor: EnumDescriptorProto, _ syntax: EnumSyntax) {
        let allows = descriptor.options?.allowAlias == true
        var owners: [Int32: String] = [:]
        var hasAlias = false
        for value in syntax.values {
            guard let number = value.number else { continue }
            guard let owner = owners[number.value] else {
                owners[number.value] = value.name.text
                continue
            }
            hasAlias = true
            if !allows {
                log.error(
                    "number \(number.value) is taken by \"\(owner)\" already; "
                        + "if both are meant to be one value, write: option allow_alias = true;",
                    at: number.span)
            }
        }
        if allows, !hasAlias, let option = syntax.options.first(where: { $0.plainName == "allow_alias" }) {
            log.error("no two values of \"\(syntax.name.text)\" share a number; leave allow_alias out", at: option.span)
        }
    }

    /// Languages cut the enum's name off its values, so what remains must differ, too.
    private mutating func checkValueNames(of syntax: EnumSyntax) {
        var owners: [String: EnumValueSyntax] = [:]
        for value in syntax.values {
            let stem = NameForm.enumCase(value.name.text, of: syntax.name.text)
            guard let owner = owners[stem] else {
                owners[stem] = value
                continue
            }
            guard owner.name.text != value.name.text, owner.number?.value != value.number?.value else { continue }
            let message =
                "\"\(value.name.text)\" is \"\(owner.name.text)\" when case and the enum's name are left out; generated names would clash"
            if isProto3 { log.error(message, at: value.name.span) } else { log.warning(message, at: value.name.span) }
        }
    }

    /// `LeadStatus` → `LEAD_STATUS`
    private func upperSnake(_ name: String) -> String {
        var result = ""
        for letter in name {
            if letter.isUppercase, let last = result.last, last != "_" { result += "_" }
            result += letter.uppercased()
        }
        return result
    }
}
