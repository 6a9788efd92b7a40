import Protobuf
import StandardTypes

/// A message under test, as one of the two that must answer alike.
enum Subject {
    case generated(TestAllTypesProto3)
    case dynamic(DynamicMessage)

    func bytes() -> [UInt8] {
        switch self {
        case .generated(let message): message.encoded()
        case .dynamic(let message): message.encoded()
        }
    }

    func json(types: DescriptorPool) throws(JSONError) -> String {
        switch self {
        case .generated(let message): try message.json(types: types)
        case .dynamic(let message): try message.json(types: types)
        }
    }
}

/// Reads messages under test.
struct SubjectReader {
    /// Types that an Any may hold. What the suite's file imports differs between its versions; `Empty` is to be known in all of them.
    let types: DescriptorPool
    private let descriptor: MessageDescriptor?

    /// - Parameter isDynamic: by the descriptor alone, instead of by what the generator made.
    init(isDynamic: Bool) throws(DescriptorError) {
        types = try DescriptorPool([TestAllTypesProto3.file, Empty.file])
        descriptor = isDynamic ? types.message(named: TestAllTypesProto3.fullName) : nil
    }

    func subject(decoding bytes: [UInt8]) throws(DecodeError) -> Subject {
        if let descriptor { return .dynamic(try DynamicMessage(descriptor, decoding: bytes)) }
        return .generated(try TestAllTypesProto3(decoding: bytes))
    }

    func subject(json: String, _ options: JSONDecodeOptions) throws(JSONError) -> Subject {
        if let descriptor { return .dynamic(try DynamicMessage(descriptor, json: json, options: options, types: types)) }
        return .generated(try TestAllTypesProto3(json: json, options: options, types: types))
    }
}
