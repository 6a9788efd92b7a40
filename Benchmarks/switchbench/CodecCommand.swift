internal import CodecBench
internal import Glibc

/// `switchbench codec`: messages to bytes and JSON and back, one case at a time or all of them.
struct CodecCommand {
    private var name: String?
    private var count = 10_000

    static let usage = """
        usage: switchbench codec [--case NAME] [--count N] | --list | --write MESSAGE

        Without --case every case is checked, done N times (10000) and printed with the CPU time of one operation. With it that one
        case is done N times and nothing else, so that the difference between two counts under valgrind --tool=callgrind is the
        instructions of one operation. --list prints the names, --write invoice or tiny the message itself, in the binary format.
        Benchmarks/codec.sh does it all, C++ beside it.
        """

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var arguments = Array(arguments)[...]
        while let option = arguments.popFirst() {
            switch option {
            case "--list":
                for one in CodecCase.all { print(one.name) }
                exit(0)
            case "--write":
                guard let bytes = arguments.popFirst().flatMap(CodecCase.bytes) else { throw UsageError("--write needs invoice or tiny") }
                _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
                exit(0)
            case "--case": name = arguments.popFirst()
            case "--count":
                guard let number = arguments.popFirst().flatMap({ Int($0) }), number > 0 else { throw UsageError("--count needs a number") }
                count = number
            default: throw UsageError("there is no option \(option)")
            }
        }
    }

    func run() throws {
        guard let name else {
            for one in CodecCase.all { try measure(one) }
            return
        }
        guard let one = CodecCase.named(name) else { throw UsageError("there is no case \(name); --list names them") }
        try one.run(count)
    }

    private func measure(_ one: CodecCase) throws {
        guard try one.check() else { fail("switchbench codec: \(one.name) does not give back what went in", code: 1) }
        let before = CodecCommand.cpuNanoseconds()
        try one.run(count)
        let each = (CodecCommand.cpuNanoseconds() - before) / Int64(count)
        print(one.name, each, "ns")
    }

    static func cpuNanoseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
