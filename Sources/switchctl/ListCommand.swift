internal import Console
internal import Protobuf

/// `switchctl list [SERVICE]`.
struct ListCommand {
    private let service: String?

    init(_ words: some Sequence<String>) throws {
        let arguments = try Arguments(words)
        guard arguments.operands.count <= 1 else { throw UsageError("`list` takes one name at most.") }
        service = arguments.operands.first
    }

    func run() throws {
        let catalogue = try Catalogue()
        guard let name = service else {
            return Screen.show(catalogue.services.map(\.fullName).joined(separator: "\n"))
        }
        let service = try catalogue.service(name)
        Screen.show(service.methods.map { "\(service.fullName)/\($0.name)" }.joined(separator: "\n"))
    }
}
