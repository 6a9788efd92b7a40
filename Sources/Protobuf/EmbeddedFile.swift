/// A .proto file that generated code carries: its serialized `FileDescriptorProto` as text that costs nothing until it is asked for.
public struct EmbeddedFile: Sendable {
    /// The name other files import it by, for example `switchboard/lead/v1/lead.proto`.
    public let name: String
    private let base64: StaticString
    private let imports: @Sendable () -> [EmbeddedFile]

    /// - Parameter base64: the serialized `FileDescriptorProto` in standard base64.
    /// - Parameter imports: the files it imports. A closure, so that looking at one file does not touch all others.
    public init(_ name: String, base64: StaticString, imports: @escaping @Sendable () -> [EmbeddedFile] = { [] }) {
        self.name = name
        self.base64 = base64
        self.imports = imports
    }

    public var dependencies: [EmbeddedFile] { imports() }

    /// The serialized `FileDescriptorProto`.
    public var bytes: [UInt8] {
        unsafe Base64.decode(UnsafeBufferPointer(start: base64.utf8Start, count: base64.utf8CodeUnitCount)) ?? []
    }

    /// The file and all it imports, directly or not, each once, imports before importers.
    public var closure: [EmbeddedFile] {
        var seen: Set<String> = []
        var files: [EmbeddedFile] = []
        visit(&seen, &files)
        return files
    }

    private func visit(_ seen: inout Set<String>, _ files: inout [EmbeddedFile]) {
        if seen.insert(name).inserted {
            for dependency in dependencies {
                dependency.visit(&seen, &files)
            }
            files.append(self)
        }
    }
}
