/// What was sent to the database on behalf of one request.
public struct RequestStatements: Sendable, Hashable {
    /// With BEGIN, COMMIT and the one that says on whose behalf the others are.
    public var count = 0
    /// What the first statement of each transaction allows all of them, in milliseconds.
    public var timeoutsMilliseconds: [Int] = []
}

/// Reads what a client of PostgreSQL's extended protocol sends (section 55.7 of its manual): whose statements they are says the one that
/// sets `app.request_id`, the first of each transaction, but for its BEGIN.
struct StatementReader {
    enum Event: Equatable {
        case began(request: String, timeoutMilliseconds: Int, statements: Int)
        case executed(request: String)
    }

    /// Texts of prepared statements by their names; the nameless one, too.
    private var texts: [String: String] = [:]
    private var bound = ""
    private var request: String?
    /// Statements of a transaction that has not said yet whose it is.
    private var unclaimed = 0

    mutating func read(_ message: [UInt8]) -> Event? {
        var rest = message.dropFirst(5)
        switch message.first {
        case UInt8(ascii: "P"):
            let name = Self.text(&rest)
            texts[name] = Self.text(&rest)
        case UInt8(ascii: "B"):
            _ = Self.text(&rest)
            bound = texts[Self.text(&rest)] ?? ""
            guard bound.hasPrefix("SELECT set_config('app.tenant'") else { return nil }
            let values = Self.parameters(rest)
            guard values.count > 3 else { return nil }
            request = values[2]
            defer { unclaimed = 0 }
            return .began(request: values[2], timeoutMilliseconds: Int(values[3]) ?? 0, statements: unclaimed)
        case UInt8(ascii: "E"):
            if bound.hasPrefix("BEGIN") || bound.hasPrefix("START") {
                (request, unclaimed) = (nil, 1)
                return nil
            }
            return request.map { .executed(request: $0) }
        default: break
        }
        return nil
    }

    private static func text(_ bytes: inout ArraySlice<UInt8>) -> String {
        let text = bytes.prefix { $0 != 0 }
        bytes = bytes.dropFirst(text.count + 1)
        return String(decoding: text, as: UTF8.self)
    }

    private static func number(_ bytes: inout ArraySlice<UInt8>, _ count: Int) -> Int {
        let value = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
        bytes = bytes.dropFirst(count)
        return value
    }

    private static func parameters(_ rest: ArraySlice<UInt8>) -> [String] {
        var rest = rest
        let formats = number(&rest, 2)
        rest = rest.dropFirst(2 * formats)
        let count = number(&rest, 2)
        return (0..<count).map { _ in
            let length = number(&rest, 4)
            guard length <= rest.count else { return "" }
            defer { rest = rest.dropFirst(length) }
            return String(decoding: rest.prefix(length), as: UTF8.self)
        }
    }
}
