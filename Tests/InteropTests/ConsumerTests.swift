import Foundation
import TestSupport
import Testing

/// `Tests/Consumer`: what a package outside of this one needs to serve and to call.
@Suite("A package of four files that depends on this one", .timeLimit(.minutes(15)))
struct ConsumerTests {
    private static let folder = "\(BuiltProgram.package)/Tests/Consumer"
    private static let files = [
        "Package.swift", "Sources/hello/Proto/hello.proto", "Sources/hello/main.swift", "Sources/hello/switchgen.json",
    ]

    @Test("is built with the plugin, serves and is called, ends on SIGTERM, and links no libpq")
    func consumer() async throws {
        let program = try await Self.build()
        // A pipe is no terminal: without stdbuf its first line would come with its last.
        let server = try Program(["stdbuf", "-oL", program, "127.0.0.1:0"])
        let line = try #require(try await server.line(), "it did not say where it serves")
        let address = try #require(line.split(separator: " ").last.map(String.init))
        #expect(line == "serving on \(address)" && address.hasPrefix("127.0.0.1:"))
        for name in ["Ada", "Grace", "漢字"] {
            let (ending, output) = try await Program.run([program, address, name])
            #expect(ending == .exited(0) && output == "Hello, \(name)!\n", "\(output)")
        }
        server.signal(SIGTERM)
        #expect(try await server.end() == .exited(0))
        let (_, libraries) = try await Program.run(["ldd", program])
        #expect(libraries.contains("libnghttp2"), "\(libraries)")
        #expect(!libraries.contains("libpq"), "\(libraries)")
    }

    /// In a folder of its own, which stays: the next build has only to look.
    private static func build() async throws -> String {
        let output = "\(BuiltProgram.package)/.build/consumer"
        // SwiftPM's plans, which do not notice that a package that another one depends on has a file more or fewer.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? [] where name.hasSuffix(".yaml") {
            try FileManager.default.removeItem(atPath: "\(output)/\(name)")
        }
        let (ending, text) = try await Program.run([
            "nice", "swift", "build", "--package-path", folder, "--scratch-path", output, "--product", "hello",
        ])
        #expect(ending == .exited(0), "\(text)")
        return "\(output)/debug/hello"
    }

    @Test("is what Docs/own-service.md shows, file by file, and has no other file")
    func documented() throws {
        let page = try Page("\(BuiltProgram.package)/Docs/own-service.md")
        for file in Self.files {
            #expect(page.titled[file] == (try String(contentsOfFile: "\(Self.folder)/\(file)", encoding: .utf8)), "\(file)")
        }
        #expect(page.titled.count == Self.files.count)
        let found = try #require(FileManager.default.enumerator(atPath: Self.folder)?.allObjects as? [String])
        #expect(found.filter { $0.contains(".") && !$0.hasPrefix(".") }.sorted() == Self.files.sorted())
    }

    @Test("has a server of at most twelve lines in it, and the page shows that by itself")
    func twelveLines() throws {
        let page = try Page("\(BuiltProgram.package)/Docs/own-service.md")
        let server = try #require(page.untitled.first { $0.contains("struct Hello") }).split(
            separator: "\n", omittingEmptySubsequences: false
        )
        .dropLast()
        #expect(server.count <= 12)
        var rest = try String(contentsOfFile: "\(Self.folder)/Sources/hello/main.swift", encoding: .utf8).split(separator: "\n")[...]
        for line in server where !line.isEmpty {
            let text = line.drop { $0 == " " }
            let index = try #require(rest.firstIndex { $0.drop { $0 == " " } == text }, "main.swift does not have \(line)")
            rest = rest[(index + 1)...]
        }
    }
}

/// The code on a page of Docs: with the file's name before it, in bold, or without.
private struct Page {
    private(set) var titled: [String: String] = [:]
    private(set) var untitled: [String] = []

    init(_ path: String) throws {
        var title: String?
        var code: String?
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
            if let text = code {
                guard line == "```" else {
                    code = text + line + "\n"
                    continue
                }
                if let title { titled[title] = text } else { untitled.append(text) }
                (title, code) = (nil, nil)
            } else if line.hasPrefix("```") {
                code = ""
            } else if line.hasPrefix("**"), line.hasSuffix("**") {
                title = String(line.dropFirst(2).dropLast(2))
            }
        }
    }
}
