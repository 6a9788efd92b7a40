/// Decides whom the comments of one gap between two tokens belong to: a comment that ends in a blank line trails what came before it
/// (if it touches it), the last one before a token leads it, all others are detached.
struct CommentCollector {
    private(set) var gap = CommentGap()
    private var open: String?
    private var openIsLines = false
    private var touchesPrevious: Bool

    init(afterDeclaration: Bool) { touchesPrevious = afterDeclaration }

    /// Neighbouring line comments make one comment.
    mutating func addLine(_ text: String) {
        if open != nil, !openIsLines { close() }
        open = (open ?? "") + text
        openIsLines = true
    }

    mutating func addBlock(_ text: String) {
        close()
        open = text
        openIsLines = false
    }

    /// Ends the current comment: nothing that follows can join it or make it a leading one.
    mutating func close() {
        guard let comment = open else { return }
        if touchesPrevious { gap.trailing = comment } else { gap.detached.append(comment) }
        touchesPrevious = false
        open = nil
    }

    mutating func blankLine() {
        close()
        touchesPrevious = false
    }

    /// A comment between two tokens of one line could be about either.
    mutating func discard() { open = nil }

    /// The gap, its last comment given to the token that follows.
    mutating func finish() -> CommentGap {
        gap.leading = open
        return gap
    }
}
