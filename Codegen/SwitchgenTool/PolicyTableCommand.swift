internal import Console
internal import ProtoPolicy
internal import Protobuf

/// `switchgen policy-table`: the policies of an interface as a page.
struct PolicyTableCommand {
    private let command: Command
    private let output: String

    init(_ command: Command) throws(Failure) {
        guard let output = command.output else { throw .usage("policy-table needs --out FILE") }
        self.command = command
        self.output = output
    }

    func run() throws(Failure) {
        guard let roles = try RoleScopes(for: command) else { throw .usage("policy-table needs --roles FILE") }
        let (result, names, _) = try compile(command)
        try Files.update(output, to: Array(PolicyTable(try Generator.pool(result), files: Set(names), roles: roles).markdown.utf8))
    }
}

extension RoleScopes {
    /// Of the file that the command line names, if it names one.
    init?(for command: Command) throws(Failure) {
        guard let path = command.roles else { return nil }
        let text = try Files.given(path)
        do throws(SyntaxError) {
            try self.init(text)
        } catch {
            throw .failed("\(path):\(error.line): \(error.description)")
        }
    }
}

extension Files {
    /// The text of a file that the command line names.
    static func given(_ path: String) throws(Failure) -> String {
        do throws(FileError) {
            return try text(path)
        } catch {
            throw .failed(error.description)
        }
    }
}
