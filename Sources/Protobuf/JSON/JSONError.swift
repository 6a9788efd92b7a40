/// Why a text is not the JSON of a message, or a message cannot be said in JSON.
public struct JSONError: Error, Sendable, Hashable {
    /// A sentence without place.
    public let reason: String

    /// Line and column from 1, columns in Unicode code points; nil where there was no text, only a message.
    public let line: Int?
    public let column: Int?

    /// The way from the outermost message, for example `lead.phones[2].number`; empty for the message itself.
    public internal(set) var path: String

    /// The known name that is nearest to an unknown one.
    public let suggestion: String?

    init(_ reason: String, line: Int? = nil, column: Int? = nil, suggestion: String? = nil) {
        self.reason = reason
        self.line = line
        self.column = column
        self.suggestion = suggestion
        path = ""
    }

    init(_ error: DecodeError) {
        self.init(error.description)
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
