internal import Console
internal import Glibc
internal import ProtoPolicy
internal import ProtoSchema
internal import Protobuf

/// `switchgen policy-diff`: what is looser than in an earlier form of the interface, and who may call what that did not.
struct PolicyDiffCommand {
    private let command: Command
    private let against: String

    init(_ command: Command) throws(Failure) {
        guard let against = command.against else {
            throw .usage("policy-diff needs --against with a descriptor set's path, or a git revision")
        }
        self.command = command
        self.against = against
    }

    func run() throws(Failure) {
        let (result, names, roots) = try compile(command)
        let now = try Generator.pool(result)
        let before = Files.exists(against) ? try descriptorSet() : try revision(names, roots)
        let difference = PolicyDiff(from: before, to: now, files: Set(names))
        let roles = try RoleScopes(for: command)
        for (method, policy) in difference.opened { Screen.show("\(method): may be called by \(callers(policy, roles))") }
        let acknowledged = try acknowledgements()
        var missing = 0
        for loosening in difference.loosened {
            let reason = acknowledged?.reason(of: loosening)
            if reason == nil { missing += 1 }
            Screen.show("\(loosening.text)\(reason.map { " # \($0)" } ?? "")")
        }
        let idle = acknowledged?.idle(besides: difference.loosened) ?? []
        for line in idle { Screen.tell("\(command.acknowledged ?? ""): \"\(line)\" has not happened; take the line away") }
        if missing > 0 {
            let file = command.acknowledged ?? "a file, named by --acknowledged"
            throw .failed(
                "\(missing) of these are looser than in \(against) without a reason: put their lines, each with \" # \" and why, into \(file)"
            )
        }
        if !idle.isEmpty { throw Failure(status: 1, message: "") }
        Screen.show("Nothing is looser than in \(against)\(difference.loosened.isEmpty ? "" : " without a reason").")
    }

    private func acknowledgements() throws(Failure) -> Acknowledgements? {
        guard let path = command.acknowledged else { return nil }
        let text = try Files.given(path)
        do throws(Acknowledgements.SyntaxError) {
            return try Acknowledgements(text)
        } catch {
            throw .failed("\(path):\(error.line): \(error.description)")
        }
    }

    private func callers(_ policy: DeclaredPolicy?, _ roles: RoleScopes?) -> String {
        guard let policy else { return "whoever the server lets in: it has no policy" }
        if policy.isPublic { return "everybody: \(policy.publicReason)" }
        let scopes = policy.scopes.joined(separator: " and ")
        guard let roles else { return "who has \(scopes)" }
        let names = roles.holding(policy.scopes)
        return "\(names.isEmpty ? "no role" : names.joined(separator: ", ")): it asks for \(scopes)"
    }

    // MARK: The earlier form

    private func descriptorSet() throws(Failure) -> DescriptorPool {
        do {
            return try DescriptorPool(FileDescriptorSet(decoding: Files.read(against)).file)
        } catch {
            throw .failed("\(against) is no set of descriptors: \(error)")
        }
    }

    /// The files as they stand in a revision: what of the import folders is in the repository around them.
    private func revision(_ names: [String], _ roots: ImportRoots) throws(Failure) -> DescriptorPool {
        var template = Array("/tmp/switchgen-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw .failed("a folder in /tmp cannot be made") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { _ = try? run(["rm", "-rf", folder], "") }
        let inputs = try ProtoFolder.inputs(command.inputs, roots: command.roots)
        var extracted: [String] = []
        for (index, root) in Set(inputs.map { Files.realPath($0.root) }).sorted().enumerated() {
            let (own, archive) = ("\(folder)/\(index)", "\(folder)/\(index).tar")
            let hint = "\(against) is neither a file nor a revision that has \(Files.shortened(root))"
            try run(["mkdir", own], hint)
            try run(["git", "-C", root, "archive", "--format=tar", "--output=\(archive)", against, "."], hint)
            try run(["tar", "-xf", archive, "-C", own], hint)
            extracted.append(own)
        }
        let known = names.filter { name in extracted.contains { Files.exists("\($0)/\(name)") } }
        return try Generator.pool(try compile(known, ImportRoots(extracted)))
    }

    private func run(_ words: [String], _ hint: String) throws(Failure) {
        let output = "/tmp/switchgen-\(getpid()).log"
        defer { unsafe unlink(output) }
        do throws(FileError) {
            let process = try ChildProcess("/usr/bin/env", words, output: output)
            if process.wait() == 0 { return }
        } catch {
            throw .failed(error.description)
        }
        throw .failed("\(hint): \((try? Files.text(output)) ?? "")")
    }
}
