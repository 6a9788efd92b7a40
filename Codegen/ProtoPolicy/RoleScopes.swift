/// Which scopes each role stands for: a file with a line for each, `ROLE: SCOPE SCOPE…`.
public struct RoleScopes: Sendable {
    /// A line that is none.
    public struct SyntaxError: Error, CustomStringConvertible {
        public let line: Int
        public let description: String
    }

    /// In the order of the file.
    public let all: [(role: String, scopes: [String])]

    public init(_ text: String) throws(SyntaxError) {
        var all: [(role: String, scopes: [String])] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let mark = line.firstIndex(of: ":") else {
                throw SyntaxError(line: index + 1, description: "a line is a role, a colon and scopes with spaces between them")
            }
            // A scope has a colon, too, but a space before it.
            all.append((String(line[..<mark]), line[line.index(after: mark)...].split(separator: " ").map(String.init)))
        }
        self.all = all
    }

    /// The roles whose scopes are enough.
    public func holding(_ wanted: [String]) -> [String] { all.filter { Set($0.scopes).isSuperset(of: wanted) }.map(\.role) }
}
