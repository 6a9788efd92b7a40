/// Why the program ends without having done its work.
struct Failure: Error {
    /// 1: the input or the disk is at fault; 64: the command line is (sysexits.h, EX_USAGE).
    let status: Int32
    /// Empty when all has been said.
    let message: String

    static func usage(_ message: String) -> Failure {
        Failure(status: 64, message: "switchgen: \(message)\n\n\(Command.usage)")
    }

    static func failed(_ message: String) -> Failure {
        Failure(status: 1, message: "switchgen: \(message)")
    }
}
