import Foundation
import Testing

/// Random .proto files from the grammar of the language, half of them damaged: what protoc accepts, refuses and makes of them is what
/// switchgen does. `make soak-proto` compares a hundred times as many.
@Suite("Random files beside protoc", .enabled(if: Protoc.isInstalled, "protoc is not installed"))
struct GrammarTests {
    @Test("Both accept and refuse the same files and describe them alike")
    func soak() throws {
        let python = Workspace.package.appending(path: ".build-python/bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path), "run `make test`, which installs what the tests compare with")
        let test = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let switchgen = test.deletingLastPathComponent().appending(path: "switchgen")
        let process = Process()
        let output = Pipe()
        process.executableURL = python
        process.arguments = [
            Workspace.tests.appending(path: "Python/soak.py").path, "--switchgen", switchgen.path, "--count", "40",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        print(text.prefix { $0 != "\n" })
        #expect(process.terminationStatus == 0, "\(text)")
    }
}
