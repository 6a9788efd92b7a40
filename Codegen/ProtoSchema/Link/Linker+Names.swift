/// Declares every name of the file, so that the order of declarations does not matter.
extension Linker {
    mutating func declareNames() {
        let syntax = file.syntax
        let scope = syntax.package?.text ?? ""
        if let package = syntax.package, let earlier = table.declare(package: package.text, file: file.index) {
            log.error(
                "\"\(earlier.fullName)\" is \(earlier.kind.withArticle) at \(earlier.place.description) and cannot be a package, too",
                at: package.span)
        }
        for message in syntax.messages { declare(message, in: scope) }
        for enumeration in syntax.enums { declare(enumeration, in: scope) }
        for field in syntax.extensions { declare(field.name, .extension, in: scope) }
        for service in syntax.services {
            declare(service.name, .service, in: scope)
            let inner = qualified(service.name.text, in: scope)
            for method in service.methods { declare(method.name, .method, in: inner) }
        }
    }

    private mutating func declare(_ message: MessageSyntax, in scope: String) {
        if let field = message.mapField {
            mapEntries.insert(qualified(message.name.text, in: scope))
            declare(
                message.name, .message, in: scope,
                clash: "the entries of the map \"\(field.text)\" are a message called \"\(message.name.text)\"; that name is taken")
        } else {
            declare(message.name, .message, in: scope)
        }
        let inner = qualified(message.name.text, in: scope)
        for field in message.fields { declare(field.name, .field, in: inner) }
        for oneof in message.oneofs { declare(oneof.name, .oneof, in: inner) }
        for nested in message.messages { declare(nested, in: inner) }
        for nested in message.enums { declare(nested, in: inner) }
        for field in message.extensions { declare(field.name, .extension, in: inner) }
    }

    private mutating func declare(_ enumeration: EnumSyntax, in scope: String) {
        declare(enumeration.name, .enum, in: scope)
        var own = Set<String>()
        for value in enumeration.values {
            // Values are siblings of their enum, which surprises everybody who did not write C++.
            let isOwn = !own.insert(value.name.text).inserted
            let note = "an enum's values share the scope around the enum, so \"\(value.name.text)\" must be unique in \(described(scope))"
            declare(value.name, .enumValue, in: scope, clash: isOwn ? nil : note)
        }
    }

    private func described(_ scope: String) -> String { scope.isEmpty ? "the file" : "\"\(scope)\"" }

    private mutating func declare(_ name: Name, _ kind: SymbolTable.Kind, in scope: String, clash: String? = nil) {
        let fullName = qualified(name.text, in: scope)
        let symbol = SymbolTable.Symbol(fullName: fullName, kind: kind, file: file.index, place: .text(file.source, name.span))
        guard let earlier = table.declare(symbol) else { return }
        if earlier.kind == .package {
            log.error("\"\(fullName)\" is the name of a package already", at: name.span)
        } else if let clash {
            log.error("\(clash) (it is \(earlier.kind.withArticle) at \(earlier.place.description))", at: name.span)
        } else {
            log.error("\"\(fullName)\" is already defined at \(earlier.place.description)", at: name.span)
        }
    }
}
