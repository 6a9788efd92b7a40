internal import Protobuf

/// What is wrong with one element of a file.
public struct Finding: Sendable, Hashable {
    /// The import name of the file.
    public let file: String
    /// The element, as a path of SourceCodeInfo.
    public let path: [Int32]
    /// The word in the element's text that it is about; empty for the element as a whole.
    public let word: String
    public let message: String
}

/// Where elements stand.
struct Places {
    struct Place: Hashable {
        let file: String
        let path: [Int32]
    }

    private var messages: [String: Place] = [:]

    init(_ pool: DescriptorPool) {
        for file in pool.files {
            let scope = (file.package ?? "").isEmpty ? "" : "\(file.package ?? "")."
            add(file.messageType, scope, [PathStep.fileMessage], file.name ?? "")
        }
    }

    private mutating func add(_ found: [DescriptorProto], _ scope: String, _ path: [Int32], _ file: String) {
        for (index, message) in found.enumerated() {
            let name = scope + (message.name ?? "")
            let own = path + [Int32(clamping: index)]
            messages[name] = Place(file: file, path: own)
            add(message.nestedType, name + ".", own + [PathStep.messageNested], file)
        }
    }

    func place(of field: FieldDescriptor, in message: MessageDescriptor) -> Place? {
        guard let place = messages[message.fullName], let index = message.proto.field.firstIndex(where: { $0.number == field.number })
        else {
            return nil
        }
        return Place(file: place.file, path: place.path + [PathStep.messageField, Int32(clamping: index)])
    }
}
