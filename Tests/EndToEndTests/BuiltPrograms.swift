import Console
import TestSupport

/// The programs of this build, which lie beside the test program.
enum BuiltPrograms {
    static let folder = Files.resolved("/proc/self/exe")?.parentPath ?? "."
    static let switchboard = "\(folder)/switchboard"
    static let switchctl = "\(folder)/switchctl"

    /// Runs `switchboard` with these words to its end.
    static func switchboard(_ words: String...) async throws -> Outcome {
        try await Outcome([switchboard] + words)
    }

    /// The same, which has to go well.
    static func demand(_ words: String...) async throws {
        let outcome = try await Outcome([switchboard] + words)
        guard outcome.exitCode == 0 else { throw ProgramFailure("switchboard \(words.joined(separator: " ")): \(outcome)") }
    }
}

/// How a program ended, and all that it printed.
struct Outcome: CustomStringConvertible {
    var exitCode: Int32?
    var output: String

    /// - Parameter command: killed after a minute and a half; nothing here takes a tenth of that, but for what compiles.
    init(_ command: [String], seconds: Int = 90) async throws {
        let (ending, output) = try await Program.run(["/usr/bin/timeout", "-s", "KILL", String(seconds)] + command)
        if case .exited(let code) = ending { exitCode = code }
        self.output = output
    }

    var description: String { "exit code \(exitCode.map(String.init) ?? "none"):\n\(output)" }
}

/// A folder of its own for one test.
struct TemporaryFolder {
    let path: String

    /// Runs `body` in a new folder, which is gone afterwards.
    static func with<Value>(_ name: String = "", _ body: (TemporaryFolder) async throws -> Value) async throws -> Value {
        let root = "/tmp/switchboard-e2e-\(UInt64.random(in: 0 ... .max))"
        let folder = TemporaryFolder(path: name.isEmpty ? root : "\(root)/\(name)")
        try Files.makeFolder(folder.path)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(folder))
        } catch {
            result = .failure(error)
        }
        try Files.remove(root)
        return try result.get()
    }
}
