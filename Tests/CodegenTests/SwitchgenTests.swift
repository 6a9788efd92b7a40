import Foundation
import Testing

@testable import SwitchgenTool

@Suite("switchgen")
struct SwitchgenTests {
    /// A folder that is gone when the test is over.
    final class Scratch {
        let url = FileManager.default.temporaryDirectory.appending(path: "switchgen-\(UUID())")
        var path: String { url.path }

        init(_ files: [String: String] = [:]) throws {
            for (name, text) in files {
                let file = url.appending(path: name)
                try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func text(_ name: String) throws -> String { try String(contentsOf: url.appending(path: name), encoding: .utf8) }

        var names: [String] { Workspace.files(below: url, suffix: ".swift") }
    }

    private static let shop = [
        "Proto/shop/v1/item.proto":
            "syntax = \"proto3\"; package shop.v1; import \"shop/v1/money.proto\"; message Item { Money price = 1; }",
        "Proto/shop/v1/money.proto": "syntax = \"proto3\"; package shop.v1; message Money { int64 cents = 1; }",
    ]

    @Test(
        "A command line that says too little or too much ends with status 64 and the usage",
        arguments: [
            ([], "a command is missing"),
            (["make"], "there is no command \"make\""),
            (["check"], "check needs at least one .proto file or folder"),
            (["check", "--out"], "--out needs a value"),
            (["check", "--accept", "x"], "there is no option \"--accept\" for check"),
            (["generate", "--module", "x", "y"], "--module needs NAME=FOLDER, not \"x\""),
            (["--golden", "a", "b"], "--golden takes one folder"),
            (["generate", "--policy", "on", "x"], "--policy is required or off, not \"on\""),
            (["migrations", "--out", "x"], "migrations needs at least one .sql file"),
            (["check", "--policy", "off", "x"], "there is no option \"--policy\" for check"),
        ])
    func usage(words: [String], message: String) throws {
        let failure = #expect(throws: Failure.self) { try Command(words) }
        #expect(failure?.status == 64)
        #expect(failure?.message == "switchgen: \(message)\n\n\(Command.usage)")
    }

    @Test("generate needs to know where to and for which module", arguments: [["--out", "x"], ["--target", "X"]])
    func incomplete(words: [String]) throws {
        let failure = #expect(throws: Failure.self) { try Generator(Command(["generate"] + words + ["input"])) }
        #expect(failure?.status == 64)
    }

    @Test("Import names begin behind the nearest folder called Proto, also behind a link")
    func importNames() throws {
        let scratch = try Scratch(Self.shop)
        let link = scratch.url.appending(path: "link")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: scratch.url.appending(path: "Proto/shop"))
        #expect(ProtoFolder(path: link.path).files == ["shop/v1/item.proto", "shop/v1/money.proto"])
        #expect(ProtoFolder(path: link.path).root.hasSuffix("/Proto"))
    }

    @Test("Without a folder called Proto they begin at the folder itself")
    func noProto() throws {
        let scratch = try Scratch(["defs/a/b.proto": ""])
        #expect(ProtoFolder(path: scratch.path + "/defs").files == ["a/b.proto"])
    }

    @Test("One Swift file for each .proto, named by its path; the second run writes nothing")
    func generate() throws {
        let scratch = try Scratch(Self.shop)
        let words = ["generate", "--out", scratch.path + "/out", "--target", "Shop", scratch.path + "/Proto"]
        try Generator(Command(words)).run()
        #expect(scratch.names == ["out/shop_v1_item.swift", "out/shop_v1_money.swift"])
        let file = scratch.url.appending(path: "out/shop_v1_item.swift")
        let past = Date(timeIntervalSince1970: 1_000_000)
        try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: file.path)
        try Generator(Command(words)).run()
        #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date == past)
        try Data("// edited\n".utf8).write(to: file)
        try Generator(Command(words)).run()
        #expect(try scratch.text("out/shop_v1_item.swift").contains("Item"))
    }

    @Test("A file in another module is imported, not generated")
    func modules() throws {
        let scratch = try Scratch([
            "Proto/a/a.proto": "syntax = \"proto3\"; package a; message A {}",
            "Proto/b/b.proto": "syntax = \"proto3\"; package b; import \"a/a.proto\"; message B { a.A a = 1; }",
        ])
        let words = ["generate", "--out", scratch.path + "/out", "--target", "B", scratch.path + "/Proto/b"]
        let failure = #expect(throws: Failure.self) { try Generator(Command(words)).run() }
        #expect(failure?.status == 1)
        try Generator(Command(words + ["--module", "A=\(scratch.path)/Proto/a"])).run()
        #expect(scratch.names == ["out/b_b.swift"])
        #expect(try scratch.text("out/b_b.swift").contains("import A\n"))
    }

    @Test("Two files that would get one name are refused")
    func nameClash() throws {
        let scratch = try Scratch([
            "Proto/a_b/c.proto": "syntax = \"proto3\"; package one;", "Proto/a/b_c.proto": "syntax = \"proto3\"; package two;",
        ])
        let words = ["generate", "--out", scratch.path + "/out", "--target", "X", scratch.path + "/Proto"]
        let failure = #expect(throws: Failure.self) { try Generator(Command(words)).run() }
        #expect(failure?.message.contains("a_b_c.swift; rename one of them") == true)
    }

    @Test("An input with errors writes nothing and ends with status 1")
    func brokenInput() throws {
        let scratch = try Scratch(["Proto/a.proto": "syntax = \"proto3\"; message A { B b = 1; }"])
        let words = ["generate", "--out", scratch.path + "/out", "--target", "X", scratch.path + "/Proto"]
        let failure = #expect(throws: Failure.self) { try Generator(Command(words)).run() }
        #expect(failure?.status == 1)
        #expect(scratch.names.isEmpty)
    }

    @Test("Golden cases agree, differ with the first differing line, or are accepted")
    func golden() throws {
        let scratch = try Scratch(["G/one/input.proto": "syntax = \"proto3\"; message A {}", "G/one/expected.swift": "wrong\n"])
        let words = ["--golden", scratch.path + "/G"]
        let failure = #expect(throws: Failure.self) { try GoldenFolder(Command(words)).run() }
        #expect(failure?.message == "switchgen: 1 of 1 cases differ: one")
        try GoldenFolder(Command(words + ["--accept"])).run()
        try GoldenFolder(Command(words)).run()
        #expect(GoldenFolder.difference("a\nb\n", "a\nc\n", "p") == "p:2: error: expected and generated text differ\n- b\n+ c")
    }
}
