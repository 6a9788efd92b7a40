internal import Glibc

/// Exit codes of sysexits.h: 64 for a command line that cannot be understood.
func fail(_ text: String, code: Int32) -> Never {
    let line = Array((text + "\n").utf8)
    _ = unsafe write(STDERR_FILENO, line, line.count)
    exit(code)
}

let usage = [EchoCommand.usage, InteropServerCommand.usage, InteropClientCommand.usage].joined(separator: "\n\n")
let arguments = CommandLine.arguments.dropFirst()
let command = arguments.first ?? ""
do {
    switch command {
    case "echo": try await EchoCommand(arguments.dropFirst()).run()
    case "interop-server": try await InteropServerCommand(arguments.dropFirst()).run()
    case "interop-client": try await InteropClientCommand(arguments.dropFirst()).run()
    case "help", "--help", "-h": print(usage)
    default: fail("switchbench: the command is missing or unknown\n\n\(usage)", code: 64)
    }
} catch let error as UsageError {
    fail("switchbench \(command): \(error.reason)\n\n\(usage)", code: 64)
} catch {
    fail("switchbench \(command): \(error)", code: 1)
}
