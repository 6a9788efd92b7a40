internal import Protobuf

/// The rules for messages and fields.
extension Linker {
    mutating func check(_ descriptor: DescriptorProto, _ syntax: MessageSyntax, in scope: String) {
        checkNumbers(of: syntax)
        checkReservedNames(syntax.reservedNames, fields: syntax.fields.map(\.name), what: "field")
        checkJSONNames(of: descriptor, syntax)
        checkExtensionRanges(of: syntax)
        if isProto3, descriptor.options?.messageSetWireFormat == true {
            log.error("proto3 has no message sets", at: syntax.name.span)
        }
        let filled = Set(syntax.fields.compactMap(\.oneof))
        for (index, oneof) in syntax.oneofs.enumerated() where !filled.contains(index) {
            log.error("the oneof \"\(oneof.name.text)\" needs at least one field", at: oneof.name.span)
        }
        if syntax.mapField != nil { checkMapEntry(descriptor, syntax) }
        for (field, fieldSyntax) in zip(descriptor.field, syntax.fields) { checkOptions(of: field, fieldSyntax) }
        let name = qualified(syntax.name.text, in: scope)
        for (nested, nestedSyntax) in zip(descriptor.nestedType, syntax.messages) { check(nested, nestedSyntax, in: name) }
        for (nested, nestedSyntax) in zip(descriptor.enumType, syntax.enums) { check(nested, nestedSyntax) }
        for (field, fieldSyntax) in zip(descriptor.extension, syntax.extensions) { check(extension: field, fieldSyntax) }
    }

    private mutating func checkNumbers(of syntax: MessageSyntax) {
        var owners: [Int32: String] = [:]
        lazy var free = nextFree(in: syntax)
        for field in syntax.fields {
            guard let number = field.number, checkRange(number, isExtension: false) else { continue }
            if let owner = owners[number.value] {
                log.error(
                    "number \(number.value) is taken by \"\(owner)\" already; the next free one is \(free)", at: number.span
                )
                continue
            }
            owners[number.value] = field.name.text
            if let range = syntax.reservedRanges.first(where: { $0.contains(number.value) }) {
                log.error(
                    "number \(number.value) is reserved (\(source(range.span))); the next free one is \(free)",
                    at: number.span)
            }
            if let range = syntax.extensionRanges.first(where: { $0.contains(number.value) }) {
                log.error("number \(number.value) is kept for extensions (\(source(range.span)))", at: number.span)
            }
        }
        checkRanges(syntax.reservedRanges, what: "reserved", least: 1)
    }

    private func source(_ span: Span) -> String { file.source.text(span) }

    private mutating func checkRange(_ number: Number, isExtension: Bool) -> Bool {
        if number.value < 1 {
            log.error("a field's number is 1 or more", at: number.span)
        } else if number.value > Limits.fieldNumber {
            log.error("a field's number is at most \(Limits.fieldNumber)", at: number.span)
        } else if Limits.implementationFieldNumbers.contains(number.value), !isExtension || isProto3 {
            log.error("the numbers 19000 to 19999 are kept for protobuf itself", at: number.span)
        } else {
            return true
        }
        return false
    }

    /// The least number from 1 on that nothing uses or reserves.
    private func nextFree(in syntax: MessageSyntax) -> Int32 {
        let used = Set(syntax.fields.compactMap { $0.number?.value })
        let greatest = syntax.fields.compactMap { $0.number?.value }.filter { $0 < Limits.implementationFieldNumbers.lowerBound }.max() ?? 0
        var candidate = max(1, greatest &+ 1)
        while used.contains(candidate) || Limits.implementationFieldNumbers.contains(candidate) { candidate &+= 1 }
        for range in (syntax.reservedRanges + syntax.extensionRanges).sorted(by: { $0.first < $1.first })
        where range.contains(candidate) && range.last < Limits.fieldNumber { candidate = range.last &+ 1 }
        return candidate
    }

    /// Ranges that run backwards, start too low, or share a number.
    mutating func checkRanges(_ ranges: [RangeSyntax], what: String, least: Int32) {
        var earlier: [RangeSyntax] = []
        for range in ranges {
            if range.first < least {
                log.error("a \(what) number is \(least) or more", at: range.span)
            } else if range.last < range.first {
                log.error("this range ends before it begins", at: range.span)
            } else if let other = earlier.first(where: { $0.first <= range.last && range.first <= $0.last }) {
                log.error("this overlaps with the \(what) range \(source(other.span))", at: range.span)
            } else {
                earlier.append(range)
            }
        }
    }

    private mutating func checkExtensionRanges(of syntax: MessageSyntax) {
        if isProto3, let range = syntax.extensionRanges.first {
            log.error("proto3 has no extension ranges; use google.protobuf.Any", at: range.span)
            return
        }
        checkRanges(syntax.extensionRanges, what: "extension", least: 1)
        for range in syntax.extensionRanges where range.last > Limits.fieldNumber {
            log.error("a field's number is at most \(Limits.fieldNumber)", at: range.span)
        }
        for range in syntax.extensionRanges {
            if let other = syntax.reservedRanges.first(where: { $0.first <= range.last && range.first <= $0.last }) {
                log.error("this overlaps with the reserved range \(source(other.span))", at: range.span)
            }
        }
    }

    mutating func checkReservedNames(_ reserved: [Name], fields: [Name], what: String) {
        var names = Set<String>()
        for name in reserved {
            let letters = Array(name.text.utf8)
            let isIdentifier = letters.first.map(Lexer.isLetter) == true && letters.allSatisfy { Lexer.isLetter($0) || Lexer.isDigit($0) }
            if !isIdentifier { log.warning("\"\(name.text)\" can never be the name of a \(what)", at: name.span) }
            if !names.insert(name.text).inserted { log.error("\"\(name.text)\" is reserved twice", at: name.span) }
        }
        for field in fields where names.contains(field.text) {
            log.error("the \(what) name \"\(field.text)\" is reserved", at: field.span)
        }
    }

    /// JSON objects cannot tell two fields with one name apart.
    private mutating func checkJSONNames(of descriptor: DescriptorProto, _ syntax: MessageSyntax) {
        var owners: [String: FieldSyntax] = [:]
        var defaultOwners: [String: FieldSyntax] = [:]
        for (field, fieldSyntax) in zip(descriptor.field, syntax.fields) {
            guard let name = field.jsonName else { continue }
            let defaultName = FieldDescriptor.jsonName(of: fieldSyntax.name.text)
            if let owner = defaultOwners.updateValue(fieldSyntax, forKey: defaultName), isProto3, owner.name.text != fieldSyntax.name.text,
                owners[name] == nil
            {
                log.error(
                    "\"\(fieldSyntax.name.text)\" and \"\(owner.name.text)\" are both \"\(defaultName)\" in JSON, whatever json_name says; "
                        + "rename one of them", at: fieldSyntax.name.span)
            }
            guard let owner = owners[name] else {
                owners[name] = fieldSyntax
                continue
            }
            if owner.name.text == fieldSyntax.name.text { continue }
            let isExplicit = [owner, fieldSyntax].contains { $0.options.contains { $0.plainName == "json_name" } }
            let message = "the JSON name \"\(name)\" of \"\(fieldSyntax.name.text)\" is that of \"\(owner.name.text)\", too"
            // proto2 had fields like this before it had JSON.
            if isProto3 || isExplicit {
                log.error(message, at: fieldSyntax.name.span)
            } else {
                log.warning(message, at: fieldSyntax.name.span)
            }
        }
    }

    private mutating func checkMapEntry(_ entry: DescriptorProto, _ syntax: MessageSyntax) {
        guard let key = entry.field.first, let kind = key.type, let keySyntax = syntax.fields.first else { return }
        if !FieldType.isMapKey(kind) {
            log.error("a map's key is an integer, a bool or a string, not \"\(keySyntax.type.text)\"", at: keySyntax.type.span)
        }
        guard let value = entry.field.last, value.type == .enum, let valueSyntax = syntax.fields.last else { return }
        let first = value.typeName.flatMap { table.enums[String($0.dropFirst())]?.value.first }
        if let first, first.number != 0 {
            log.error("an enum in a map must begin with 0, the value of an entry that has none", at: valueSyntax.type.span)
        }
    }
}

extension RangeSyntax {
    func contains(_ number: Int32) -> Bool { first <= number && number <= last }
}
