internal import Protobuf
internal import RPC

/// What reflection answers from: the serialized files of a server's services, by name, by symbol and by extension.
struct ReflectionIndex: Sendable {
    private struct File {
        let bytes: [UInt8]
        let dependencies: [String]
    }

    let services: [String]
    private var files: [String: File] = [:]
    private var fileOfSymbol: [String: String] = [:]
    private var fileOfExtension: [String: [Int32: String]] = [:]

    init(_ services: [any Service.Type]) {
        self.services = services.map { $0.serviceName }.sorted()
        for file in services.flatMap({ $0.file.closure }) where files[file.name] == nil {
            let bytes = file.bytes
            guard let descriptor = try? FileDescriptorProto(decoding: bytes) else { continue }
            files[file.name] = File(bytes: bytes, dependencies: descriptor.dependency)
            add(descriptor, named: file.name)
        }
    }

    /// The file and what it imports, imports first, without those in `sent`, which grows.
    func closure(of name: String, sent: inout Set<String>) -> [[UInt8]] {
        guard let file = files[name], sent.insert(name).inserted else { return [] }
        return file.dependencies.flatMap { closure(of: $0, sent: &sent) } + [file.bytes]
    }

    func hasFile(_ name: String) -> Bool { files[name] != nil }

    /// The file that declares a service, method, message, field, enum or enum value.
    func file(declaring symbol: String) -> String? {
        fileOfSymbol[symbol.hasPrefix(".") ? String(symbol.dropFirst()) : symbol]
    }

    func file(extending type: String, number: Int32) -> String? { fileOfExtension[type]?[number] }

    /// Sorted; nil when there is no such type.
    func extensionNumbers(of type: String) -> [Int32]? {
        fileOfSymbol[type].map { _ in (fileOfExtension[type] ?? [:]).keys.sorted() }
    }

    private mutating func add(_ file: FileDescriptorProto, named name: String) {
        let scope = file.package.map { $0.isEmpty ? "" : $0 + "." } ?? ""
        for message in file.messageType { add(message, scope, name) }
        for type in file.enumType { add(type, scope, name) }
        for field in file.extension { add(field, scope, name) }
        for service in file.service {
            let service = (scope + (service.name ?? ""), service.method)
            fileOfSymbol[service.0] = name
            for method in service.1 { fileOfSymbol[service.0 + "." + (method.name ?? "")] = name }
        }
    }

    private mutating func add(_ message: DescriptorProto, _ scope: String, _ file: String) {
        let fullName = scope + (message.name ?? "")
        fileOfSymbol[fullName] = file
        for field in message.field { fileOfSymbol[fullName + "." + (field.name ?? "")] = file }
        for oneof in message.oneofDecl { fileOfSymbol[fullName + "." + (oneof.name ?? "")] = file }
        for nested in message.nestedType { add(nested, fullName + ".", file) }
        for type in message.enumType { add(type, fullName + ".", file) }
        for field in message.extension { add(field, fullName + ".", file) }
    }

    private mutating func add(_ type: EnumDescriptorProto, _ scope: String, _ file: String) {
        fileOfSymbol[scope + (type.name ?? "")] = file
        // An enum's values are its siblings (C++ scoping).
        for value in type.value { fileOfSymbol[scope + (value.name ?? "")] = file }
    }

    private mutating func add(_ field: FieldDescriptorProto, _ scope: String, _ file: String) {
        fileOfSymbol[scope + (field.name ?? "")] = file
        guard let extendee = field.extendee, let number = field.number else { return }
        fileOfExtension[String(extendee.drop { $0 == "." }), default: [:]][number] = file
    }
}
