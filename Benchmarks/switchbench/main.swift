internal import Glibc

/// Exit codes of sysexits.h: 64 for a command line that cannot be understood.
func fail(_ text: String, code: Int32) -> Never {
    let line = Array((text + "\n").utf8)
    _ = unsafe write(STDERR_FILENO, line, line.count)
    exit(code)
}

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "echo":
    do {
        try await EchoCommand(arguments.dropFirst()).run()
    } catch let error as UsageError {
        fail("switchbench echo: \(error.reason)\n\n\(EchoCommand.usage)", code: 64)
    } catch {
        fail("switchbench echo: \(error)", code: 1)
    }
case "help", "--help", "-h":
    print(EchoCommand.usage)
default:
    fail("switchbench: the command is missing or unknown\n\n\(EchoCommand.usage)", code: 64)
}
