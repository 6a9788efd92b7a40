/// A .proto file as it is written: every declaration in its order, every name with its place, nothing resolved.
///
/// Two things are rewritten here as the language defines them: a map field is a repeated field of a nested entry message, and a
/// proto3 `optional` field is the only member of a oneof of its own. So the arrays below have the order of the descriptor's.
struct FileSyntax: Sendable {
    enum Dialect: String, Sendable {
        case proto2
        case proto3
    }

    var dialect = Dialect.proto3
    var syntaxSite: Site?
    var package: Name?
    var packageSite: Site?
    var imports: [ImportSyntax] = []
    var options: [OptionSyntax] = []
    var messages: [MessageSyntax] = []
    var enums: [EnumSyntax] = []
    var services: [ServiceSyntax] = []
    var extensions: [FieldSyntax] = []
}

/// A word or a dotted name, and where it stands.
struct Name: Sendable, Hashable {
    var text: String
    var span: Span
}

/// Where a declaration stands and what is said about it.
struct Site: Sendable {
    var span: Span
    var comments = Comments()
}

/// The comments of one declaration, in the sense of SourceCodeInfo.
struct Comments: Sendable, Equatable {
    var leading: String?
    var trailing: String?
    var detached: [String] = []
}

struct ImportSyntax: Sendable {
    enum Kind: Sendable {
        case plain
        case publicly
        case weakly
    }

    var site: Site
    var path: Name
    var kind: Kind
}

struct ServiceSyntax: Sendable {
    var site: Site
    var name: Name
    var methods: [MethodSyntax] = []
    var options: [OptionSyntax] = []
}

struct MethodSyntax: Sendable {
    var site: Site
    var name: Name
    var request: Name
    var reply: Name
    var streamsRequests: Bool
    var streamsReplies: Bool
    /// Ends in braces, not in a semicolon.
    var hasBlock: Bool
    var options: [OptionSyntax] = []
}
