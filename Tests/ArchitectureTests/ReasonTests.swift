import Testing

/// Reasons of errors are a catalogue: what is written by hand somewhere else is not in it.
struct ReasonTests {
    private static let catalogue = "Sources/Platform/Errors/ErrorReason.swift"

    @Test("R14 · no reason of an error is written down but in the catalogue")
    func literals() throws {
        let files = try SourceTree("Sources").files
        let text = try #require(files.first { $0.path == Self.catalogue }?.text)
        let reasons = Set(text.matches(of: /case .+ = "([A-Z_]+)"/).map { String($0.output.1) })
        #expect(reasons.count > 50)
        for file in files where file.module == "Platform" || file.module.hasSuffix("Server") || file.module == "switchboard" {
            guard file.path != Self.catalogue else { continue }
            for quoted in file.text.split(separator: "\"") where reasons.contains(String(quoted)) {
                Issue.record("\(file.path) writes the reason \(quoted) itself; it is a case of ErrorReason")
            }
        }
    }

    @Test("R14 · an ErrorInfo is made in one place")
    func infos() throws {
        for file in try SourceTree("Sources").files where !file.path.hasPrefix("Sources/Platform/Errors/") {
            #expect(!file.text.contains("ErrorInfo("), "\(file.path) makes an ErrorInfo; use RPCError(reason:)")
        }
    }
}
