/// Why a text is not the JSON of a message, or a message cannot be said in JSON.
public struct JSONError: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// The text is not JSON, or not the JSON of such a message.
        case invalidText
        /// The bytes are not a message.
        case invalidBytes
        /// The message holds what JSON cannot say, such as a Timestamp in the year 10000.
        case unsayable
    }

    public let kind: Kind

    /// A sentence without place.
    public let reason: String

    /// Line and column from 1, columns in Unicode code points; nil where there was no text, only a message.
    public let line: Int?
    public let column: Int?

    /// The way from the outermost message, for example `lead.phones[2].number`; empty for the message itself.
    public internal(set) var path: String

    /// The known name that is nearest to an unknown one.
    public let suggestion: String?

    private init(_ kind: Kind, _ reason: String, line: Int?, column: Int?, suggestion: String?) {
        self.kind = kind
        self.reason = reason
        self.line = line
        self.column = column
        self.suggestion = suggestion
        path = ""
    }

    /// The text at this place is not what it should be.
    init(_ reason: String, line: Int, column: Int, suggestion: String?) {
        self.init(.invalidText, reason, line: line, column: column, suggestion: suggestion)
    }

    init(_ error: DecodeError, _ kind: Kind = .invalidBytes) {
        self.init(kind, error.description, line: nil, column: nil, suggestion: nil)
    }

    /// The message cannot be said in JSON.
    init(unsayable reason: String) {
        self.init(.unsayable, reason, line: nil, column: nil, suggestion: nil)
    }

    /// The error as seen from the message around.
    func inside(_ name: String) -> JSONError {
        var error = self
        error.path = path.isEmpty || path.hasPrefix("[") ? name + path : "\(name).\(path)"
        return error
    }

    func inside(element index: Int) -> JSONError {
        inside("[\(index)]")
    }
}

extension JSONError: CustomStringConvertible {
    /// For example `line 3, column 7, at lead.emial: There is no field "emial"; did you mean "email"?`
    public var description: String {
        var places: [String] = []
        if let line, let column {
            places.append("line \(line), column \(column)")
        }
        if !path.isEmpty {
            places.append("at \(path)")
        }
        var text = places.isEmpty ? "" : places.joined(separator: ", ") + ": "
        text += reason
        if let suggestion {
            text.removeLast()
            text += "; did you mean \"\(suggestion)\"?"
        }
        return text
    }
}
