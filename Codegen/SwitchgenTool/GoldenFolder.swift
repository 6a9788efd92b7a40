internal import Console
internal import ProtoSchema
internal import Protobuf

/// `switchgen --golden`: what the generator makes of each case beside what it should. Needs no test runner, since no test runs as
/// long as generated code does not compile.
struct GoldenFolder {
    private let command: Command
    private let folder: String

    init(_ command: Command) throws(Failure) {
        self.command = command
        folder = command.inputs[0]
        guard Files.isFolder(folder) else { throw .failed("there is no folder \(folder)") }
    }

    func run() throws(Failure) {
        let cases = Files.names(in: folder).filter { Files.exists("\(folder)/\($0)/input.proto") }
        if cases.isEmpty { throw .failed("\(folder) has no case: a folder with input.proto and expected.swift") }
        var failures: [String] = []
        for name in cases {
            let text = try generated(name)
            let path = "\(folder)/\(name)/expected.swift"
            let expected = (try? Files.text(path)) ?? ""
            if text == expected { continue }
            if command.accepts {
                try Files.update(path, to: Array(text.utf8))
                Screen.show("\(path): accepted")
            } else {
                failures.append(name)
                Screen.tell(Self.difference(expected, text, path))
            }
        }
        if !failures.isEmpty { throw .failed("\(failures.count) of \(cases.count) cases differ: \(failures.joined(separator: ", "))") }
        Screen.show("\(cases.count) cases are as expected.")
    }

    private func generated(_ name: String) throws(Failure) -> String {
        let roots = ["\(folder)/\(name)"] + command.roots + command.modules.map { ProtoFolder(path: $0.folder).root }
        let result = try compile(["input.proto"], ImportRoots(roots))
        let modules = Generator.modules(own: ["input.proto"], target: "Golden", others: command.modules)
        guard let file = result.files.last(where: { $0.name == "input.proto" }) else { return "" }
        return try Generator.emit([file], try Generator.pool(result), modules, "Golden", ImportRoots(roots)).joined()
    }

    /// The first line that differs, with its number.
    static func difference(_ expected: String, _ actual: String, _ path: String) -> String {
        let left = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let right = actual.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(left.count, right.count)
        func text(_ lines: [Substring]) -> String { line < lines.count ? String(lines[line]) : "(the file ends)" }
        return "\(path):\(line + 1): error: expected and generated text differ\n- \(text(left))\n+ \(text(right))"
    }
}
