internal import Glibc

/// Exit codes of sysexits.h: 64 for a command line that cannot be understood.
func fail(_ text: String, code: Int32) -> Never {
    let line = Array((text + "\n").utf8)
    _ = unsafe write(STDERR_FILENO, line, line.count)
    exit(code)
}

func fail(_ command: String, _ error: any Error, usage: String) -> Never {
    if let error = error as? UsageError {
        fail("switchbench \(command): \(error.reason)\n\n\(usage)", code: 64)
    }
    fail("switchbench \(command): \(error)", code: 1)
}

/// Runs a command to its end while the main thread waits. A main that awaits would start the program in a way that callgrind
/// cannot follow.
func run(_ command: String, usage: String, _ body: @escaping @Sendable () async throws -> Void) -> Never {
    Task.detached {
        do {
            try await body()
        } catch {
            fail(command, error, usage: usage)
        }
        exit(0)
    }
    while true { pause() }
}

let usages = [
    EchoCommand.usage, CallCommand.usage, InteropServerCommand.usage, InteropClientCommand.usage, HeavyCommand.usage, CodecCommand.usage,
    AttackCommand.usage, SoakCommand.usage, DatabaseCommand.usage, SlowCommand.usage, JobsCommand.usage,
]
let usage = usages.joined(separator: "\n\n")
let arguments = Array(CommandLine.arguments.dropFirst(2))
let command = CommandLine.arguments.dropFirst().first ?? ""
switch command {
case "echo": run(command, usage: usage) { [arguments] in try await EchoCommand(arguments).run() }
case "call": run(command, usage: usage) { [arguments] in try await CallCommand(arguments).run() }
case "interop-server": run(command, usage: usage) { [arguments] in try await InteropServerCommand(arguments).run() }
case "interop-client": run(command, usage: usage) { [arguments] in try await InteropClientCommand(arguments).run() }
case "heavy": run(command, usage: usage) { [arguments] in try await HeavyCommand(arguments).run() }
case "soak": run(command, usage: usage) { [arguments] in try await SoakCommand(arguments).run() }
case "slow": run(command, usage: usage) { [arguments] in try await SlowCommand(arguments).run() }
case "database": run(command, usage: usage) { [arguments] in try await DatabaseCommand(arguments).run() }
case "jobs": run(command, usage: usage) { [arguments] in try await JobsCommand(arguments).run() }
case "attack":
    do {
        try AttackCommand(arguments).run()
    } catch {
        fail(command, error, usage: usage)
    }
case "codec":
    do {
        try CodecCommand(arguments).run()
    } catch {
        fail(command, error, usage: usage)
    }
case "help", "--help", "-h": print(usage)
default: fail("switchbench: the command is missing or unknown\n\n\(usage)", code: 64)
}
