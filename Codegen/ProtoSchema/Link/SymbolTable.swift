internal import Protobuf

/// Every full name of every file linked so far, and the descriptors that options are encoded by.
final class SymbolTable {
    enum Kind: String {
        case package
        case message
        case `enum`
        case enumValue = "enum value"
        case field
        case oneof
        case `extension`
        case service
        case method

        /// Other names can stand in it.
        var isScope: Bool { [.package, .message, .enum, .service].contains(self) }
        var isType: Bool { self == .message || self == .enum }
    }

    struct Symbol {
        let fullName: String
        let kind: Kind
        /// Index into the compiler's files; of a package that of one file in it.
        let file: Int
        let place: Place
    }

    /// Where a symbol is declared. The line is only looked for when somebody asks: each costs a look at all that stands before it there.
    enum Place {
        case file(String)
        case text(SourceText, Span)

        /// `path:line:column` of the declaration, or the file's name.
        var description: String {
            switch self {
            case .file(let name): name
            case .text(let source, let span): source.place(of: span)
            }
        }
    }

    private(set) var symbols: [String: Symbol] = [:]
    /// The files in each package and in the packages below it.
    private(set) var packages: [String: Set<Int>] = [:]

    private(set) var messages = BuiltInFile.shared?.messages ?? [:]
    private(set) var enums = BuiltInFile.shared?.enums ?? [:]
    private(set) var proto2Enums: Set<String> = []
    private(set) var extensions: [String: FieldDescriptorProto] = [:]
    /// Who uses an extension number, by extended message.
    private var extensionNumbers: [String: [Int32: (name: String, isProto3: Bool)]] = [:]

    /// A message as far as a value of it has to be encoded.
    struct MessageSchema {
        let descriptor: DescriptorProto
        let isProto3: Bool
    }

    /// Adds a name; returns the symbol that has it already, if any.
    func declare(_ symbol: Symbol) -> Symbol? {
        if let earlier = symbols[symbol.fullName] { return earlier }
        if let file = packages[symbol.fullName]?.first {
            return Symbol(fullName: symbol.fullName, kind: .package, file: file, place: symbol.place)
        }
        symbols[symbol.fullName] = symbol
        return nil
    }

    /// Adds a package and those around it; returns the symbol that stands in the way, if any.
    func declare(package: String, file: Int) -> Symbol? {
        var name = package
        while true {
            if let earlier = symbols[name] { return earlier }
            packages[name, default: []].insert(file)
            guard let dot = name.lastIndex(of: ".") else { return nil }
            name = String(name[..<dot])
        }
    }

    /// Adds the names of descriptor.proto for those who import it.
    func declare(_ file: BuiltInFile, index: Int) {
        _ = declare(package: file.descriptor.package ?? "", file: index)
        symbols.reserveCapacity(symbols.count + file.names.count)
        for (fullName, kind) in file.names {
            _ = declare(Symbol(fullName: fullName, kind: kind, file: index, place: .file(BuiltInFile.name)))
        }
        proto2Enums.formUnion(file.enums.keys)
    }

    func add(_ message: DescriptorProto, named fullName: String, isProto3: Bool) {
        messages[fullName] = MessageSchema(descriptor: message, isProto3: isProto3)
    }

    func add(_ enumeration: EnumDescriptorProto, named fullName: String, isProto3: Bool) {
        enums[fullName] = enumeration
        if !isProto3 { proto2Enums.insert(fullName) }
    }

    /// Adds an extension; returns the name of the one that has its number already, if any.
    func add(_ field: FieldDescriptorProto, extensionNamed fullName: String, isProto3: Bool) -> String? {
        extensions[fullName] = field
        guard let extendee = field.extendee, let number = field.number else { return nil }
        if let earlier = extensionNumbers[extendee]?[number] { return earlier.name }
        extensionNumbers[extendee, default: [:]][number] = (fullName, isProto3)
        return nil
    }

    func isProto3Extension(_ field: FieldDescriptorProto) -> Bool {
        guard let extendee = field.extendee, let number = field.number else { return false }
        return extensionNumbers[extendee]?[number]?.isProto3 ?? false
    }
}

/// `scope.name`, or the bare name where there is no package.
func qualified(_ name: String, in scope: String) -> String {
    scope.isEmpty ? name : scope + "." + name
}
