/// Names of .proto files as Swift spells them.
enum SwiftName {
    /// `display_name` → `displayName`, for fields, oneofs and methods.
    static func member(_ name: String) -> String {
        escaped(lowerCamel(name))
    }

    /// `result_kind` → `ResultKind`, for the enum of a oneof.
    static func oneofType(_ name: String) -> String {
        type(words(name).map(capitalized).joined())
    }

    /// A message's, enum's or service's name, changed only where Swift could not tell it from something else.
    /// - Parameter siblings: the names in the same scope, none of which a changed name may take.
    static func type(_ name: String, besides siblings: Set<String> = []) -> String {
        switch name {
        case "Self", "Type", "Protocol", "Swift", "Protobuf", "RPC", "Validation", "self", "init", "_":
            var other = name + "_"
            while siblings.contains(other) { other += "_" }
            return other
        default: return keywords.contains(name) || typeModifiers.contains(name) ? "`\(name)`" : name
        }
    }

    /// `LEAD_STATUS_OPTED_OUT` of `LeadStatus` → `optedOut`.
    static func enumValue(_ name: String, of enumName: String) -> String {
        let prefix = enumName.lowercased().filter { $0 != "_" }
        var rest = Substring(name)
        for character in prefix {
            while rest.first == "_" {
                rest.removeFirst()
            }
            guard let first = rest.first, first.lowercased() == String(character) else {
                return escaped(lowerCamel(name))
            }
            rest.removeFirst()
        }
        guard rest.first == "_", let first = rest.first(where: { $0 != "_" }), first.isLetter else {
            return escaped(lowerCamel(name))
        }
        return escaped(lowerCamel(String(rest)))
    }

    /// `google/protobuf/any.proto` → `google_protobuf_any`.
    static func file(_ importName: String) -> String {
        let stem = importName.hasSuffix(".proto") ? importName.dropLast(6) : Substring(importName)
        return String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// `grpc.reflection.v1` → `GrpcReflectionV1`.
    static func namespace(_ package: String, besides types: Set<String>) -> String {
        var name = type(package.split { $0 == "." || $0 == "_" }.map { capitalized(String($0)) }.joined())
        while types.contains(where: { type($0, besides: types) == name }) { name += "_" }
        return name
    }

    // MARK: Words

    private static func words(_ name: String) -> [String] {
        name.split(separator: "_").map(String.init)
    }

    private static func lowerCamel(_ name: String) -> String {
        let isShouting = !name.contains(where: \.isLowercase)
        var parts = words(name).map { isShouting ? $0.lowercased() : $0 }
        guard let first = parts.first else { return "_" + name }
        let start = first.contains(where: \.isLowercase) ? first.prefix(1).lowercased() + first.dropFirst() : first.lowercased()
        parts = [start] + parts.dropFirst().map { acronyms[$0] ?? capitalized($0) }
        return parts.joined()
    }

    /// Words that Swift's guidelines write in capitals where they do not come first.
    private static let acronyms = [
        "id": "ID", "ids": "IDs", "url": "URL", "urls": "URLs", "uri": "URI", "uris": "URIs", "http": "HTTP", "https": "HTTPS",
    ]

    private static func capitalized(_ word: String) -> String {
        word.prefix(1).uppercased() + word.dropFirst()
    }

    /// Backticks for keywords, an underscore for what backticks cannot save.
    private static func escaped(_ name: String) -> String {
        switch name {
        case "self", "init", "hashValue", "unknownFields": name + "_"
        default: keywords.contains(name) ? "`\(name)`" : name.first?.isNumber ?? true ? "_" + name : name
        }
    }

    /// Words that only mean something before a type.
    private static let typeModifiers: Set<String> = ["any", "borrowing", "consuming", "each", "isolated", "nonisolated", "sending", "some"]

    private static let keywords: Set<String> = [
        "Any", "as", "associatedtype", "await", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do",
        "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in", "inout",
        "internal", "is", "let", "nil", "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows",
        "return", "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where",
        "while",
    ]
}

/// Tells names apart that Swift would spell alike.
struct UniqueNames {
    private var taken: Set<String> = []

    mutating func claim(_ name: String, or alternative: @autoclosure () -> String) -> String {
        if taken.insert(name).inserted {
            return name
        }
        // What is made longer is no keyword any more.
        var other = alternative().filter { $0 != "`" }
        while !taken.insert(other).inserted {
            other += "_"
        }
        return other
    }
}
