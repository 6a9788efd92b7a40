internal import Console
internal import ProtoPolicy
internal import ProtoSchema
internal import Protobuf
internal import SwiftEmitter

/// `switchgen generate`: one Swift file for each .proto.
struct Generator {
    private let command: Command
    private let output: String

    /// descriptor.proto's types are written by hand, since the generator itself needs them.
    static let descriptorFile = "google/protobuf/descriptor.proto"

    init(_ command: Command) throws(Failure) {
        guard let output = command.output else { throw .usage("generate needs --out FOLDER") }
        if command.target.isEmpty { throw .usage("generate needs --target MODULE") }
        self.command = command
        self.output = output
    }

    func run() throws(Failure) {
        let inputs = try ProtoFolder.inputs(command.inputs, roots: command.roots)
        let own = inputs.flatMap(\.files)
        let roots = ImportRoots(inputs.map(\.root) + command.modules.map { ProtoFolder(path: $0.folder).root })
        let result = try compile(own, roots)
        let modules = Self.modules(own: own, target: command.target, others: command.modules)
        let pool = try Self.pool(result)
        let files = result.files.filter { own.contains($0.name ?? "") && $0.name != Self.descriptorFile }
        try check(files, modules, roots)
        if command.requiresPolicy { try checkPolicies(files, pool, roots) }
        let texts = try Self.emit(files, pool, modules, command.target, roots)
        var writers: [String: String] = [:]
        for (file, text) in zip(files, texts) {
            let name = Self.outputName(of: file.name ?? "")
            if let other = writers.updateValue(file.name ?? "", forKey: name) {
                throw .failed("\(other) and \(file.name ?? "") would both become \(name); rename one of them")
            }
            try Files.update(output + "/" + name, to: Array(text.utf8))
        }
    }

    /// Looks for what only the emitter finds: rules of protovalidate that cannot be checked.
    static func check(_ result: Compiler.Result, _ names: [String], _ roots: ImportRoots) throws(Failure) {
        _ = try emit(result.files.filter { names.contains($0.name ?? "") }, try pool(result), [:], "", roots)
    }

    /// Which Swift module each file's types are in, by import name.
    static func modules(own: [String], target: String, others: [Command.Module]) -> [String: String] {
        var modules: [String: String] = [:]
        for module in others {
            for file in ProtoFolder(path: module.folder).files { modules[file] = module.name }
        }
        for file in own { modules[file] = target }
        modules[descriptorFile] = "Protobuf"
        return modules
    }

    static func pool(_ result: Compiler.Result) throws(Failure) -> DescriptorPool {
        do throws(DescriptorError) {
            return try DescriptorPool(result.files)
        } catch {
            throw .failed("the descriptors do not fit together, which is a bug of this program: \(error.description)")
        }
    }

    static func emit(
        _ files: [FileDescriptorProto], _ pool: DescriptorPool, _ modules: [String: String], _ target: String, _ roots: ImportRoots
    ) throws(Failure) -> [String] {
        var texts: [String] = []
        for file in files {
            do throws(EmitError) {
                texts.append(try SwiftEmitter.emit(file, in: pool, modules: modules, module: target))
            } catch {
                if error.rules.isEmpty { throw .failed("\(file.name ?? ""): \(error.description)") }
                let found = error.rules.map { diagnostic($0.message, at: $0.path, $0.word, in: file, roots) }
                for each in found.sorted(by: { ($0.line, $0.column) < ($1.line, $1.column) }) { Screen.tell(each.rendered) }
            }
        }
        if texts.count < files.count { throw Failure(status: 1, message: "") }
        return texts
    }

    private static func report(_ message: String, at path: [Int32], _ word: String, in file: FileDescriptorProto, _ roots: ImportRoots) {
        Screen.tell(diagnostic(message, at: path, word, in: file, roots).rendered)
    }

    private static func diagnostic(
        _ message: String, at path: [Int32], _ word: String, in file: FileDescriptorProto, _ roots: ImportRoots
    ) -> Diagnostic {
        let span = file.sourceCodeInfo?.location.first { $0.path == path }?.span ?? [0, 0, 0]
        let source = (try? roots.source(of: file.name ?? "")) ?? SourceText(path: file.name ?? "", bytes: [])
        return Diagnostic(message, at: span.map(Int.init), word, in: source)
    }

    /// SwiftPM refuses two files of one name in a target, so the path becomes the name.
    static func outputName(of file: String) -> String {
        file.dropLast(".proto".count).replacing("/", with: "_") + ".swift"
    }

    /// What `--policy required` has against the files, in the order of their text.
    static func policyDiagnostics(_ files: [FileDescriptorProto], _ pool: DescriptorPool, _ roots: ImportRoots) -> [Diagnostic] {
        let byName = Dictionary(pool.files.map { ($0.name ?? "", $0) }) { first, _ in first }
        return PolicyCheck.findings(in: files, of: pool)
            .compactMap { finding in byName[finding.file].map { diagnostic(finding.message, at: finding.path, finding.word, in: $0, roots) }
            }
            .enumerated().sorted { ($0.element.path, $0.element.line, $0.offset) < ($1.element.path, $1.element.line, $1.offset) }
            .map(\.element)
    }

    private func checkPolicies(_ files: [FileDescriptorProto], _ pool: DescriptorPool, _ roots: ImportRoots) throws(Failure) {
        let found = Self.policyDiagnostics(files, pool, roots)
        for diagnostic in found { Screen.tell(diagnostic.rendered) }
        if !found.isEmpty { throw Failure(status: 1, message: "") }
    }

    /// Every import must be in a module that the output can import.
    private func check(_ files: [FileDescriptorProto], _ modules: [String: String], _ roots: ImportRoots) throws(Failure) {
        var isComplete = true
        for file in files {
            for (index, name) in file.dependency.enumerated() where modules[name] == nil {
                isComplete = false
                let message =
                    "\"\(name)\" is generated in no module that \(command.target) depends on; "
                    + "add that target to its dependencies in Package.swift"
                Self.report(message, at: [PathStep.fileDependency, Int32(clamping: index)], "", in: file, roots)
            }
        }
        if !isComplete { throw Failure(status: 1, message: "") }
    }
}
