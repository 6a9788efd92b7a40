import Console
import TestSupport
import Testing

/// Docs/billing.md's examples, one after the other, by the built switchctl against a server that begins with nothing.
@Suite("What Docs/billing.md shows", .timeLimit(.minutes(10)))
struct BillingDocTests {
    private static let page = "\(#filePath.dropLast("Tests/EndToEndTests/BillingDocTests.swift".utf8.count))Docs/billing.md"

    @Test("every command of the page answers what the page says")
    func examples() async throws {
        let examples = DocumentedCalls(page: try Files.text(Self.page)).examples
        #expect(examples.count >= 30)
        try await DevServer.with { server in
            var names = DocumentedNames()
            let folder = try #require(server.state.path.parentPath)
            for example in examples {
                // Where the state folder is, as for a reader. What is answered goes to one place, what is said beside it to the other.
                let script = """
                    cd '\(folder)' && PATH=\(BuiltPrograms.folder):$PATH && \(names.command(example.command)) \
                    \(example.isRefusal ? "2>&1 >/dev/null" : "2>/dev/null")
                    """
                let outcome = try await Outcome(["/bin/sh", "-c", script])
                #expect((outcome.exitCode == 0) != example.isRefusal, "line \(example.line): \(outcome)")
                guard let expected = example.output else { continue }
                let printed = outcome.output.split(separator: "\n").filter { !$0.hasPrefix("idempotency-key: ") }.joined(separator: "\n")
                let fault = names.fault(printed, expected: expected)
                #expect(fault == nil, "line \(example.line): \(fault ?? "")")
                // Whatever follows would be about what is not there.
                if fault != nil { break }
            }
        }
    }

    @Test("a page's examples are its blocks, and what differs from run to run stands for itself")
    func reading() {
        let calls = DocumentedCalls(
            page: """
                Text
                ```sh
                a 1
                ```
                ```json
                {"id": "01999e08-c940-7000-9bdb-613065b593fa"}
                ```
                ```sh
                b 01999e08-c940-7000-9bdb-613065b593fa 2025-10-01
                ```
                ```text
                no
                ```
                ```swift
                c
                ```
                """)
        #expect(calls.examples.map(\.command) == ["a 1", "b 01999e08-c940-7000-9bdb-613065b593fa 2025-10-01"])
        #expect(calls.examples.map(\.isRefusal) == [false, true])
        #expect(calls.examples.map(\.line) == [3, 9])
        var names = DocumentedNames()
        let (shown, real) = ("01999e08-c940-7000-9bdb-613065b593fa", "01999e09-0000-7000-9bdb-613065b593fb")
        #expect(
            names.fault("{\"id\": \"\(real)\", \"n\": \"INV2627/000001\"}", expected: "{\"id\": \"\(shown)\", \"n\": \"INV2526/000001\"}")
                == nil)
        #expect(names.command("b \(shown) INV2526/000001 2025-10-01") == "b \(real) INV2627/000001 2025-10-01")
        #expect(names.fault("2025-10-01 2026-01-01T00:00:00Z", expected: "2025-10-01 2025-01-01T00:00:00.5Z") == nil)
        #expect(names.fault("2025-10-02", expected: "2025-10-01") != nil)
        #expect(names.fault("2025-10-02", expected: "2025-10-03") == nil, "no command has named it")
        #expect(names.fault(shown, expected: shown) != nil, "it stands for another one")
        #expect(names.fault("{\"a\": 1}", expected: "{\"a\": 2}") != nil)
    }
}
