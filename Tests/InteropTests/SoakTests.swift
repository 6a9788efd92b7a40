import TestSupport
import Testing

/// A hundredth of `make soak-idle` and `make soak-leaks`, by the same script and this build.
@Suite("Soaks", .timeLimit(.minutes(10)))
struct SoakTests {
    @Test(
        "connections that are held take their share of memory, and those that went leave neither memory nor descriptors",
        arguments: ["idle", "leaks"])
    func soak(_ name: String) async throws {
        let (ending, output) = try await Program.run(
            ["\(BuiltProgram.package)/Benchmarks/soak.sh", name],
            environment: [
                "CONNECTIONS": "100", "ACTIVE": "1", "CALL_SECONDS": "1", "SLACK": "4", "CONNECTS": "1000", "CALLS": "10000",
                "SERVER": try BuiltProgram.path("switchbench"),
            ])
        #expect(ending == .exited(0), "\(output)")
    }
}
