import Protobuf

/// A message type under test: reads a payload and writes it again.
protocol Subject {
    init(decoding bytes: [UInt8]) throws(DecodeError)
    init(reading json: String, _ options: JSONDecodeOptions) throws(JSONError)
    func bytes() -> [UInt8]
    func json() throws(JSONError) -> String
}

/// What the generator made.
struct GeneratedSubject: Subject {
    private let message: TestAllTypesProto3

    init(decoding bytes: [UInt8]) throws(DecodeError) {
        message = try TestAllTypesProto3(decoding: bytes)
    }

    init(reading json: String, _ options: JSONDecodeOptions) throws(JSONError) {
        message = try TestAllTypesProto3(json: json, options: options)
    }

    func bytes() -> [UInt8] { message.encoded() }

    func json() throws(JSONError) -> String { try message.json() }
}
