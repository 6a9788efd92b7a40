import TestSupport
import Testing

/// The program for protobuf's conformance suite. The suite's own .proto files are not here, so that small ones stand in for them.
@Suite("The conformance testee", .timeLimit(.minutes(15)))
struct TesteeTests {
    @Test("is built by make from .proto files that somebody brings, and speaks the runner's protocol, generated and dynamic")
    func testee() async throws {
        let script = "\(BuiltProgram.package)/Tests/Conformance/Python/testee.py"
        let (ending, output) = try await Program.run(
            [try ForeignClient.python.path, script, BuiltProgram.package], environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        #expect(ending == .exited(0), "\(output)")
        #expect(output.contains(" checks held"), "\(output)")
    }
}
