import Protobuf

/// The comments of a file, by the path of the element they belong to.
struct Comments {
    private var byPath: [[Int32]: String] = [:]

    init(_ info: SourceCodeInfo?) {
        for location in info?.location ?? [] {
            let texts = [location.leadingComments, location.trailingComments].compactMap(\.self)
            if !texts.isEmpty {
                byPath[location.path] = texts.joined(separator: "\n")
            }
        }
    }

    subscript(path: [Int32]) -> String? { byPath[path] }
}

/// Field numbers of descriptor.proto, of which comment paths are made.
enum PathStep {
    static let fileMessage: Int32 = 4
    static let fileEnum: Int32 = 5
    static let fileService: Int32 = 6
    static let messageField: Int32 = 2
    static let messageNested: Int32 = 3
    static let messageEnum: Int32 = 4
    static let messageOneof: Int32 = 8
    static let enumValue: Int32 = 2
    static let serviceMethod: Int32 = 2
}
