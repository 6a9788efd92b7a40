internal import Protobuf

/// Makes the descriptor of one file: declares its names, resolves those it uses, checks the rules, encodes the options.
///
/// Files are linked in the order of their imports, so everything a file can see is in the table already.
struct Linker {
    let file: ParsedFile
    let table: SymbolTable
    var resolver: NameResolver
    var log: DiagnosticLog
    /// The full names of this file's messages that hold the entries of a map.
    var mapEntries: Set<String> = []
    var isProto3: Bool { file.syntax.dialect == .proto3 }

    init(file: ParsedFile, table: SymbolTable, resolver: NameResolver) {
        self.file = file
        self.table = table
        self.resolver = resolver
        log = file.log
    }

    /// The descriptor, complete as far as the file is free of errors.
    mutating func link() -> FileDescriptorProto {
        let syntax = file.syntax
        let scope = syntax.package?.text ?? ""
        declareNames()

        var result = FileDescriptorProto()
        result.name = file.name
        result.package = syntax.package?.text
        // protoc leaves it out of proto2 files.
        result.syntax = isProto3 ? syntax.dialect.rawValue : nil
        for (index, statement) in syntax.imports.enumerated() {
            result.dependency.append(statement.path.text)
            if statement.kind == .publicly { result.publicDependency.append(Int32(clamping: index)) }
            if statement.kind == .weakly { result.weakDependency.append(Int32(clamping: index)) }
        }
        result.messageType = syntax.messages.map { message($0, in: scope) }
        result.enumType = syntax.enums.map { enumeration($0, in: scope) }
        result.extension = syntax.extensions.map { extensionField($0, in: scope) }
        result.service = syntax.services.map { service($0, in: scope) }

        interpretOptions(of: &result, scope: scope)
        for (descriptor, message) in zip(result.messageType, syntax.messages) { check(descriptor, message, in: scope) }
        for (descriptor, enumeration) in zip(result.enumType, syntax.enums) { check(descriptor, enumeration) }
        for (descriptor, field) in zip(result.extension, syntax.extensions) { check(extension: descriptor, field) }
        result.sourceCodeInfo = SourceInfo(file).info
        return result
    }

    mutating func resolve(
        _ name: Name, from element: String, accepts: (SymbolTable.Kind) -> Bool = { _ in true }
    ) -> SymbolTable.Symbol? {
        do throws(NameResolver.NotFound) {
            return try resolver.resolve(name.text, from: element, accepts: accepts)
        } catch {
            log.error(error.message, at: name.span)
            return nil
        }
    }

    private mutating func service(_ syntax: ServiceSyntax, in scope: String) -> ServiceDescriptorProto {
        var result = ServiceDescriptorProto()
        result.name = syntax.name.text
        result.method = syntax.methods.map { method in
            let fullName = qualified(method.name.text, in: qualified(syntax.name.text, in: scope))
            var result = MethodDescriptorProto()
            result.name = method.name.text
            result.inputType = messageName(method.request, from: fullName)
            result.outputType = messageName(method.reply, from: fullName)
            result.clientStreaming = method.streamsRequests ? true : nil
            result.serverStreaming = method.streamsReplies ? true : nil
            return result
        }
        return result
    }

    /// The full name of a message with its leading dot.
    mutating func messageName(_ name: Name, from element: String) -> String? {
        guard FieldType.scalars[name.text] == nil else {
            log.error("\"\(name.text)\" is a scalar type; a message is needed here", at: name.span)
            return nil
        }
        guard let symbol = resolve(name, from: element) else { return nil }
        guard symbol.kind == .message else {
            log.error("\"\(name.text)\" is \(symbol.kind.withArticle); a message is needed here", at: name.span)
            return nil
        }
        return "." + symbol.fullName
    }
}

extension SymbolTable.Kind {
    var withArticle: String { ["a", "e", "i", "o", "u"].contains(rawValue.first) ? "an \(rawValue)" : "a \(rawValue)" }
}
