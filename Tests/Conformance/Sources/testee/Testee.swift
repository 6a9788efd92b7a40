import Glibc
import Protobuf

/// The program that the runner of the protobuf conformance suite talks to, on standard input and output, until it closes its end.
@main enum Testee {
    private static let usage = """
        usage: testee [--dynamic]

        Answers requests of conformance_test_runner on standard input and output.
          --dynamic  by DynamicMessage instead of generated code
        """

    static func main() {
        var words = CommandLine.arguments.dropFirst()
        // Some versions of the runner hand a program its own path as the first word.
        if words.first == CommandLine.arguments.first { words = words.dropFirst() }
        switch Array(words) {
        case []: run(isDynamic: false)
        case ["--dynamic"]: run(isDynamic: true)
        default:
            report(usage)
            exit(64)
        }
    }

    private static func run(isDynamic: Bool) {
        do {
            let reader = try SubjectReader(isDynamic: isDynamic)
            let pipe = Pipe()
            while let block = try pipe.read() {
                try pipe.write(answer(block, by: reader).encoded())
            }
        } catch {
            report("testee: \(error)")
            exit(1)
        }
    }

    private static func answer(_ block: [UInt8], by reader: SubjectReader) -> ConformanceResponse {
        do throws(DecodeError) {
            return ConformanceResponse(to: try ConformanceRequest(decoding: block), by: reader)
        } catch {
            return .with { $0.result = .runtimeError("The request is no ConformanceRequest. \(error.description)") }
        }
    }

    private static func report(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }
}
