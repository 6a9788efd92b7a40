internal import Glibc
internal import SwitchgenTool

exit(Tool.run(Array(CommandLine.arguments.dropFirst())))
