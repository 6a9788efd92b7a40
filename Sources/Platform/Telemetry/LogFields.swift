/// Fields that many lines of the log have in common, written once.
public struct LogFields: Sendable {
    /// JSON, each member with a comma before it.
    let json: [UInt8]

    public init(_ fields: KeyValuePairs<StaticString, Log.Value>) {
        var json: [UInt8] = []
        for (name, value) in fields { Self.append(name, value, to: &json) }
        self.json = json
    }

    /// - Parameter name: needs no escape, as it stands in the program's source.
    static func append(_ name: StaticString, _ value: Log.Value, to json: inout [UInt8]) {
        json.append(UInt8(ascii: ","))
        json.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { unsafe json.append(contentsOf: $0) }
        json.append(UInt8(ascii: "\""))
        json.append(UInt8(ascii: ":"))
        switch value {
        case .text(let text): JSONText.append(text, to: &json)
        case .number(let number): json.append(contentsOf: "\(number)".utf8)
        }
    }
}
