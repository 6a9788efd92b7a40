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
    /// Swift names of types that hide a module of the same name.
    private let typeNames: Set<String>
    private let topLevelNames: Set<String>
    /// Messages and enums that are deprecated or stand in a message that is.
    private let deprecated: Set<String>
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
        var types = TypeTable()
        var firstFiles: [String: String] = [:]
        for file in pool.files {
            let owner = modules[file.name ?? ""] ?? module
            let package = file.package ?? ""
            var path: [String] = []
            if clashing[owner]?.contains(package) ?? false, !package.isEmpty {
                path = [SwiftName.namespace(package, besides: Set((packagesOfNames[owner] ?? [:]).keys))]
                if owner == module {
                    let name = file.name ?? ""
                    firstFiles[package] = min(firstFiles[package] ?? name, name)
                }
            }
            types.siblings = Set((packagesOfNames[owner] ?? [:]).keys)
            types.add(file.messageType, file.enumType, scope: package, path: path, module: owner)
        }
        topLevelNames = Set((packagesOfNames[module] ?? [:]).keys)
        typeNames = types.names
        deprecated = types.deprecated
        namespaces = clashing[module] ?? []
        namespaceFiles = firstFiles
        self.types = types.types
        recursion = Recursion(pool)
        validated = Rules.messages(in: pool)
    }

    /// Gathers the types of all files.
    private struct TypeTable {
        var types: [String: SwiftType] = [:]
        /// Of all modules, and of types in types.
        var names: Set<String> = []
        var deprecated: Set<String> = []
        /// The names beside those that are added next.
        var siblings: Set<String> = []

        mutating func add(
            _ messages: [DescriptorProto], _ enums: [EnumDescriptorProto], scope: String, path: [String], module: String,
            isDeprecated: Bool = false
        ) {
            let siblings = siblings
            for proto in enums {
                _ = add(proto.name, scope, path, module, isDeprecated: isDeprecated || proto.options?.deprecated == true)
            }
            for proto in messages {
                let isDeprecated = isDeprecated || proto.options?.deprecated == true
                let (fullName, inner) = add(proto.name, scope, path, module, isDeprecated: isDeprecated)
                names.formUnion(proto.oneofDecl.map { SwiftName.oneofType($0.name ?? "") })
                self.siblings = Set((proto.nestedType.map(\.name) + proto.enumType.map(\.name)).compactMap(\.self))
                add(proto.nestedType, proto.enumType, scope: fullName, path: inner, module: module, isDeprecated: isDeprecated)
                self.siblings = siblings
            }
        }

        private mutating func add(
            _ name: String?, _ scope: String, _ path: [String], _ module: String, isDeprecated: Bool
        ) -> (fullName: String, path: [String]) {
            let swiftName = SwiftName.type(name ?? "", besides: siblings)
            let fullName = scope.isEmpty ? name ?? "" : "\(scope).\(name ?? "")"
            types[fullName] = SwiftType(module: module, path: path + [swiftName])
            names.insert(swiftName)
            if isDeprecated { deprecated.insert(fullName) }
            return (fullName, path + [swiftName])
        }
    }

    func owner(ofFile name: String) -> String { modules[name] ?? module }

    /// The name space of a package, nil if its types are bare.
    func namespace(of package: String) -> String? {
        namespaces.contains(package) && !package.isEmpty ? SwiftName.namespace(package, besides: topLevelNames) : nil
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

    /// The Swift name of a message or enum, without what it stands in.
    func name(of fullName: String) -> String { types[fullName]?.path.last ?? fullName }

    /// The Swift name of a service.
    func serviceName(_ name: String) -> String { SwiftName.type(name, besides: topLevelNames) }

    /// A name that is made for a service, changed if a type has it.
    func companion(_ name: String) -> String {
        var name = name
        while topLevelNames.contains(name) { name += "_" }
        return name
    }

    /// A module before the name of a type in it. A type that has the module's name hides it from the dot.
    func qualifier(_ module: String) -> String { typeNames.contains(module) ? module + "::" : module + "." }

    func isDeprecated(_ typeName: String?) -> Bool { deprecated.contains(String((typeName ?? "").drop { $0 == "." })) }

    /// A field is deprecated if it says so, or if nobody can use it without its deprecated type.
    func isDeprecated(_ field: FieldDescriptor, of message: MessageDescriptor) -> Bool {
        field.proto.options?.deprecated == true || isDeprecated(field.proto.typeName)
            || isDeprecated(message.entry(of: field)?.value.proto.typeName)
    }
}
