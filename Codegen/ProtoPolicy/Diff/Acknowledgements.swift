/// A file that says why something was loosened: a line for each, `SUBJECT: CHANGE # REASON`; lines that begin with `#` are comments.
public struct Acknowledgements: Sendable {
    /// Why a line is none.
    public struct SyntaxError: Error, CustomStringConvertible {
        public let line: Int
        public let description: String
    }

    private let reasons: [String: String]

    public init(_ text: String) throws(SyntaxError) {
        var reasons: [String: String] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.drop(while: \.isWhitespace)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let mark = line.firstRange(of: " # ") else {
                throw SyntaxError(
                    line: index + 1, description: "a line is what was loosened, as policy-diff shows it, then \" # \" and the reason")
            }
            let reason = line[mark.upperBound...]
            guard !reason.allSatisfy(\.isWhitespace) else { throw SyntaxError(line: index + 1, description: "the reason is missing") }
            reasons[String(line[..<mark.lowerBound])] = String(reason)
        }
        self.reasons = reasons
    }

    public func reason(of loosening: Loosening) -> String? { reasons[loosening.text] }

    /// What stands here and did not happen, or not in these words.
    public func idle(besides loosened: [Loosening]) -> [String] {
        Set(reasons.keys).subtracting(loosened.map(\.text)).sorted()
    }
}
