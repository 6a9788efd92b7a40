/// One word, number, string or sign of a .proto file.
struct Token: Sendable, Equatable {
    enum Kind: Sendable {
        case identifier
        case integer
        case float
        case string
        case symbol
        case end
    }

    let kind: Kind
    let span: Span
    /// As written; of a string with its quotes and escapes.
    let text: String
}

/// The comments between two tokens, shared out by protoc's rules.
struct CommentGap: Sendable, Equatable {
    /// Belongs to the declaration that ended before the gap.
    var trailing: String?
    /// Belong to nobody, but stand before the next declaration.
    var detached: [String] = []
    /// Belongs to the declaration that begins after the gap.
    var leading: String?
}
