import Foundation
import ProtoSchema
import Protobuf
import Testing

/// A generator of the same numbers for the same seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// A text that a test's name shows the beginning of, not all of its hundred thousand letters.
struct LongText: CustomTestStringConvertible {
    let content: String
    var testDescription: String { "\(content.prefix(40))… (\(content.utf8.count) bytes)" }

    init(_ content: String) { self.content = content }
}

@Suite("Hostile text")
struct MutationTests {
    /// Words that parsers care about, thrown in at random places.
    private static let words = [
        "{", "}", "(", ")", "[", "]", "<", ">", ";", ",", ".", "=", ":", "-", "\"", "'", "\\", "/*", "//", "\n", "\0", "\u{E9}", "message",
        "enum",
        "oneof", "map<", "extend", "option", "optional", "repeated", "reserved", "returns", "stream", "to", "max", "inf", "0x", "1e999",
        "18446744073709551616", "-2147483649", "import", "\"proto2\"", "google.protobuf.Any", "...",
    ]

    @Test("Mutated files end in descriptors or errors, never in a trap", arguments: 0..<4)
    func mutations(round: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("MutationTests round \(round): seed \(seed)")
        var random = SeededRandom(state: seed)
        let folder = Workspace.tests.appending(path: "Torture")
        var sources: [String: String] = [:]
        for name in Workspace.files(below: folder) {
            sources[name] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        }
        let names = sources.keys.sorted()
        for _ in 0..<25 {
            var mutated = sources
            let victim = names[Int.random(in: 0..<names.count, using: &random)]
            var bytes = Array((sources[victim] ?? "").utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
            mutated[victim] = String(decoding: bytes, as: UTF8.self)
            let result = Compiler(sources: mutated).compile(["torture/torture.proto"])
            for diagnostic in result.diagnostics {
                #expect(diagnostic.line >= 1 && diagnostic.column >= 1, "seed \(seed)")
                #expect(!diagnostic.message.isEmpty, "seed \(seed)")
            }
            if !result.hasErrors { #expect(throws: Never.self, "seed \(seed)") { try DescriptorPool(result.files) } }
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let start = Int.random(in: 0..<max(1, bytes.count), using: &random)
        let end = min(bytes.count, start + Int.random(in: 0...20, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: Array(Self.words.randomElement(using: &random)?.utf8 ?? "".utf8), at: start)
        case 2: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 3: bytes.removeSubrange(start...)
        default: if start < bytes.count { bytes[start] = UInt8.random(in: 0...255, using: &random) }
        }
    }

    @Test(
        "Deep nesting is refused, not descended into",
        arguments: [
            LongText("syntax = \"proto3\";" + String(repeating: "message A{", count: 20_000)),
            LongText("syntax = \"proto3\"; message A { int32 a = 1 [(x) = " + String(repeating: "{a:", count: 20_000)),
            LongText("syntax = \"proto3\"; message A { int32 a = 1 [(x) = {a:" + String(repeating: "[", count: 20_000)),
            LongText("syntax = \"proto3\";" + String(repeating: "{", count: 20_000)),
            LongText("syntax = \"proto3\"; message A { " + String(repeating: "a.", count: 20_000) + "b c = 1; }"),
        ])
    func depth(text: LongText) {
        #expect(Workspace.compile(text.content).hasErrors)
    }

    @Test(
        "Twice the errors take twice the time, not four times",
        .timeLimit(.minutes(5)),
        arguments: [
            LongText("syntax = \"proto3\"; message A {\n" + (0..<20_000).map { "int32 f\($0) = 1;\n" }.joined() + "}"),
            LongText("syntax = \"proto3\";" + String(repeating: "\u{A4} ", count: 400_000)),
            LongText((0..<2_000).map { "message Lead\($0) { Laed\($0) a = 1; }\n" }.joined()),
        ])
    func manyErrors(text: LongText) {
        #expect(Workspace.compile(text.content).hasErrors)
    }

    @Test("A line that is too long to be shown is not shown")
    func longLine() throws {
        let finding = try #require(Workspace.compile("syntax = \"proto3\";" + String(repeating: " ", count: 5_000) + "$").diagnostics.first)
        #expect(finding.sourceLine == nil)
        #expect(finding.column == 5_019)
        #expect(!finding.rendered.contains("\n"))
    }
}
