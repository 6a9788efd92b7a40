internal import Console
internal import Protobuf

/// `switchctl list [SERVICE]`.
struct ListCommand {
    private let arguments: Arguments

    init(_ words: some Sequence<String>) throws {
        arguments = try Arguments(words, options: ["--state"], flags: ["--policies", "--server"])
        guard arguments.operands.count <= 1 else { throw UsageError("`list` takes one name at most.") }
    }

    func run() async throws {
        let catalogue = try await Catalogue(arguments)
        let services = try arguments.operands.first.map { [try catalogue.service($0)] }
        guard let services = services ?? (arguments.has("--policies") ? catalogue.services : nil) else {
            return Screen.show(catalogue.services.map(\.fullName).joined(separator: "\n"))
        }
        let lines = services.flatMap { service in service.methods.map { line(Catalogue.Method(service: service, method: $0), catalogue) } }
        Screen.show(lines.joined(separator: "\n"))
    }

    /// A method, and what its policy says if that is wanted.
    private func line(_ method: Catalogue.Method, _ catalogue: Catalogue) -> String {
        guard arguments.has("--policies") else { return method.fullName }
        let members = PolicyText.members(of: method.method, in: catalogue.pool)
        return "\(method.fullName)  \(members.isEmpty ? "no policy" : members.joined(separator: "  "))"
    }
}
