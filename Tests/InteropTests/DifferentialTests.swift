import TestSupport
import Testing

/// Our binary and JSON beside those of protobuf's Python runtime.
@Suite("Python's protobuf", .timeLimit(.minutes(10)))
struct DifferentialTests {
    @Test("reads and writes random messages, and damaged ones, as we do, generated and dynamic")
    func differential() async throws {
        let folder = "\(BuiltProgram.package)/Tests"
        let (ending, output) = try await Program.run(
            [
                try ForeignClient.python.path, "\(folder)/Differential/differential.py", "--peer", try BuiltProgram.path("codecpeer"),
                // The same examples each time: `make soak-differential` looks for new ones.
                "--protos", "\(folder)/ProtobufTests/Proto", "--examples", "400", "--seed", "1",
            ], environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        #expect(ending == .exited(0), "\(output)")
        #expect(output.contains("1200 examples held"), "\(output)")
    }
}
