import Protobuf

/// Where every type of the pool is to be found in Swift.
struct ModuleScope {
    struct SwiftType {
        let module: String
        /// The Swift names from the module down: name space if any, enclosing messages, the type.
        let path: [String]
    }

    let pool: DescriptorPool
    let module: String
    /// Packages of this module that need a name space each, since they share a name with another one.
    let namespaces: Set<String>
    /// For each package with a name space, the file that declares it.
    private let namespaceFiles: [String: String]
    private let modules: [String: String]
    private let types: [String: SwiftType]
    let recursion: Recursion
    /// Messages that need checks.
    let validated: Set<String>
    let rules = RuleLog()

    init(pool: DescriptorPool, modules: [String: String], module: String) {
        self.pool = pool
        self.module = module
        let modules = modules.merging(["google/protobuf/descriptor.proto": "Protobuf"]) { given, _ in given }
        self.modules = modules

        var packagesOfNames: [String: [String: Set<String>]] = [:]
        for file in pool.files {
            let owner = modules[file.name ?? ""] ?? module
            for name in file.messageType.map(\.name) + file.enumType.map(\.name) + file.service.map(\.name) {
                packagesOfNames[owner, default: [:]][name ?? "", default: []].insert(file.package ?? "")
            }
        }
        var clashing: [String: Set<String>] = [:]
        for (owner, names) in packagesOfNames {
            clashing[owner] = names.values.reduce(into: Set<String>()) { if $1.count > 1 { $0.formUnion($1) } }
        }
        var types: [String: SwiftType] = [:]
        var firstFiles: [String: String] = [:]
        for file in pool.files {
            let owner = modules[file.name ?? ""] ?? module
            let package = file.package ?? ""
            var path: [String] = []
            if clashing[owner]?.contains(package) ?? false, !package.isEmpty {
                path = [SwiftName.namespace(package)]
                if owner == module {
                    let name = file.name ?? ""
                    firstFiles[package] = min(firstFiles[package] ?? name, name)
                }
            }
            ModuleScope.add(file.messageType, file.enumType, scope: package, path: path, module: owner, to: &types)
        }
        namespaces = clashing[module] ?? []
        namespaceFiles = firstFiles
        self.types = types
        recursion = Recursion(pool)
        validated = Rules.messages(in: pool)
    }

    private static func add(
        _ messages: [DescriptorProto], _ enums: [EnumDescriptorProto], scope: String, path: [String], module: String,
        to types: inout [String: SwiftType]
    ) {
        for proto in enums {
            let name = proto.name ?? ""
            types[scope.isEmpty ? name : "\(scope).\(name)"] = SwiftType(module: module, path: path + [SwiftName.type(name)])
        }
        for proto in messages {
            let name = proto.name ?? ""
            let fullName = scope.isEmpty ? name : "\(scope).\(name)"
            let inner = path + [SwiftName.type(name)]
            types[fullName] = SwiftType(module: module, path: inner)
            add(proto.nestedType, proto.enumType, scope: fullName, path: inner, module: module, to: &types)
        }
    }

    func owner(ofFile name: String) -> String { modules[name] ?? module }

    /// The name space of a package, nil if its types are bare.
    func namespace(of package: String) -> String? {
        namespaces.contains(package) && !package.isEmpty ? SwiftName.namespace(package) : nil
    }

    func declaresNamespace(_ file: FileDescriptorProto) -> Bool {
        namespaceFiles[file.package ?? ""] == file.name
    }

    /// Looks a type up by `.package.Name`.
    func type(_ fullName: String) throws(EmitError) -> SwiftType {
        guard let type = types[String(fullName.drop { $0 == "." })] else {
            throw EmitError(description: "The type \(fullName) is in none of the files given.")
        }
        return type
    }
}
