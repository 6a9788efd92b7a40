internal import Console
internal import ProtoSchema
internal import Protobuf

/// What `switchgen` does, as a library: a program that is a build tool, too, cannot be linked into tests.
public enum Tool {
    /// Runs one command line, without the program's name; prints what there is to say. Returns the exit status.
    public static func run(_ words: [String]) -> Int32 {
        do throws(Failure) {
            try perform(try Command(words))
            return 0
        } catch {
            if !error.message.isEmpty { Screen.tell(error.message) }
            return error.status
        }
    }

    private static func perform(_ command: Command) throws(Failure) {
        switch command.verb {
        case .help: Screen.show(Command.usage)
        case .generate: try Generator(command).run()
        case .descriptors: try writeDescriptors(command)
        case .check:
            let (result, names, roots) = try compile(command)
            try Generator.check(result, names, roots)
        case .golden: try GoldenFolder(command).run()
        case .migrations: try MigrationFiles(command).run()
        case .policyTable: try PolicyTableCommand(command).run()
        case .policyDiff: try PolicyDiffCommand(command).run()
        }
    }
}

/// Writes the files and all they import as one FileDescriptorSet, as protoc does with --include_imports and, unless comments are left out,
/// --include_source_info.
private func writeDescriptors(_ command: Command) throws(Failure) {
    guard let output = command.output else { throw .usage("descriptors needs --out FILE") }
    var set = FileDescriptorSet()
    set.file = try compile(command).result.files
    if command.leavesCommentsOut {
        for index in set.file.indices { set.file[index].sourceCodeInfo = nil }
    }
    try Files.update(output, to: set.encoded())
}

/// Compiles what the command names; prints what there is to say and fails if there are errors.
func compile(_ command: Command) throws(Failure) -> (result: Compiler.Result, names: [String], roots: ImportRoots) {
    let inputs = try ProtoFolder.inputs(command.inputs, roots: command.roots)
    let roots = ImportRoots(inputs.map(\.root) + command.modules.map { ProtoFolder(path: $0.folder).root })
    let names = inputs.flatMap(\.files)
    return (try compile(names, roots), names, roots)
}

func compile(_ names: [String], _ roots: ImportRoots) throws(Failure) -> Compiler.Result {
    let result = Compiler(roots: roots).compile(names)
    for diagnostic in result.diagnostics { Screen.tell(diagnostic.rendered) }
    if result.hasErrors { throw Failure(status: 1, message: "") }
    return result
}
