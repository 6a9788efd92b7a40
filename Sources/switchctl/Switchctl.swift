internal import Console
internal import Protobuf
internal import RPC

/// The command line for people who run the services. Each of its commands is a file of its own.
@main
struct Switchctl {
    static func main() async {
        var words = CommandLine.arguments.dropFirst()
        do {
            guard let command = words.popFirst() else {
                Screen.tell(help)
                ExitStatus.usage.exit()
            }
            switch command {
            case "list": try await ListCommand(words).run()
            case "describe": try await DescribeCommand(words).run()
            case "call": try await CallCommand(words).run()
            case "help", "--help", "-h": Screen.show(help)
            default: throw UsageError(unknown: "command", command, among: ["list", "describe", "call", "help"])
            }
        } catch let error as UsageError {
            Screen.tell("switchctl: \(error)\n(`switchctl help` shows what can be said.)")
            ExitStatus.usage.exit()
        } catch let error as RPCError {
            Screen.tell("switchctl: \(ErrorReport(error).text)")
            ErrorReport(error).exitStatus.exit()
        } catch {
            Screen.tell("switchctl: \(error)")
            ExitStatus.failure.exit()
        }
    }

    private static let help = """
        switchctl list [SERVICE] [--policies] [--server [--state DIR]]
            Names the services, or the methods of one; with --policies all methods, and what each declares: who may call it, how often, how
            long, what a repetition does, what is recorded. With --server it is what the development server says of itself.
        switchctl describe NAME [--server [--state DIR]]
            Shows a service, a method, a message or an enum. Names may be cut short from the left as long as they are clear.
        switchctl call METHOD [-d JSON | -d @FILE | -d @-] [--state DIR] [--tenant NAME] [--timeout SECONDS]
                       [--idempotency-key KEY]
            Calls a unary method of the development server whose folder .switchboard is here or further up. Where a method needs an
            idempotency key, one is made and shown: give it again to repeat the same call safely. With --tenant the call is made in that
            tenant, with a token that the client certificate is exchanged for.

        Exit codes: 0 done, 1 failed here, 2 the command line is wrong, 3 no connection, 64 + the gRPC status that the server gave.
        """
}
