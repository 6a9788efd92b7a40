internal import Console
internal import Protobuf

/// `switchctl describe NAME`: an interface definition, as it stands in a .proto file.
struct DescribeCommand {
    private let arguments: Arguments
    private let name: String

    init(_ words: some Sequence<String>) throws {
        arguments = try Arguments(words, options: ["--state"], flags: ["--server"])
        guard arguments.operands.count == 1, let name = arguments.operands.first else { throw UsageError("`describe` takes one name.") }
        self.name = name
    }

    func run() async throws {
        let catalogue = try await Catalogue(arguments)
        let pool = catalogue.pool
        if let message = pool.message(named: name) { return Screen.show(ProtoText.message(message)) }
        if let enumeration = pool.enumeration(named: name) { return Screen.show(ProtoText.enumeration(enumeration)) }
        if let service = try? catalogue.service(name) { return Screen.show(ProtoText.service(service, in: pool)) }
        if let method = try? catalogue.method(name) {
            return Screen.show(
                [
                    ProtoText.method(method.method, of: method.service, in: pool), ProtoText.message(method.method.input),
                    ProtoText.message(method.method.output),
                ].joined(separator: "\n\n"))
        }
        let types = pool.files.flatMap(ProtoText.typeNames)
        let found = types.filter { Catalogue.isShort(name, for: $0) }
        guard let fullName = found.first else {
            let methods = catalogue.services.flatMap { service in service.methods.map(\.name) }
            let short = types.compactMap { $0.split(separator: ".").last.map(String.init) }
            throw UsageError(unknown: "name", name, among: types + short + methods + pool.serviceNames)
        }
        guard found.count == 1 else {
            throw UsageError("\"\(name)\" may be any of \(found.joined(separator: ", ")): write more of it.")
        }
        if let message = pool.message(named: fullName) { Screen.show(ProtoText.message(message)) }
        if let enumeration = pool.enumeration(named: fullName) { Screen.show(ProtoText.enumeration(enumeration)) }
    }
}
