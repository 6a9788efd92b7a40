import Testing

struct FileTests {
    /// Where a file grows beyond this, it has more than one subject.
    private static let longestFile = 450

    @Test("no file is so long that it must have two subjects")
    func length() throws {
        for file in try SourceTree("Sources", "Codegen", "Benchmarks", "Tests").files {
            #expect(file.lineCount <= Self.longestFile, "\(file.path) has \(file.lineCount) lines")
        }
    }

    @Test("no type has a name that says nothing", arguments: ["Manager", "Helper", "Util", "Utils", "Base", "Impl", "Common"])
    func names(word: String) throws {
        let declaration = try Regex("\\b(?:struct|class|enum|actor|protocol)\\s+(?:\\w*[a-z])?\(word)\\b")
        for file in try SourceTree("Sources", "Codegen", "Benchmarks").files {
            #expect(file.text.firstMatch(of: declaration) == nil, "\(file.path) declares a \(word)")
        }
    }
}
