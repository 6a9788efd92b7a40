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
