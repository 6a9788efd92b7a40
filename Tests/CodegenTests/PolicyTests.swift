import Foundation
import ProtoPolicy
import ProtoSchema
import Protobuf
import Testing

@testable import SwitchgenTool

@Suite("Policies")
struct PolicyTests {
    private static let protos = Workspace.package.appending(path: "Proto")

    /// What is wrong with the methods of a service.
    private func findings(_ methods: String) throws -> [Finding] {
        let name = "switchboard/options/v1/options.proto"
        let text = """
            syntax = "proto3"; package shop.v1; import "\(name)";
            message Item {}
            service Other { rpc Free(Item) returns (Item) { option (switchboard.options.v1.policy) = {public: "A price is no secret." rate_class: RATE_CLASS_READ idempotency: IDEMPOTENCY_NONE}; } }
            service Shop { \(methods) }
            """
        let duration = "google/protobuf/duration.proto"
        let others = try [name, duration].map { ($0, try String(contentsOf: Self.protos.appending(path: $0), encoding: .utf8)) }
        let result = Workspace.compile(text, with: Dictionary(uniqueKeysWithValues: others))
        #expect(result.diagnostics.filter { $0.severity == .error }.map(\.rendered) == [])
        return PolicyCheck.findings(in: [try #require(result.files.last)], of: try DescriptorPool(result.files))
    }

    @Test(
        "A method says who may call it: certain scopes, or everybody for a reason",
        arguments: [
            ("", "does not say who may call it"),
            ("option deprecated = true;", "does not say who may call it"),
            (
                "option (switchboard.options.v1.policy) = {rate_class: RATE_CLASS_READ idempotency: IDEMPOTENCY_NONE};",
                "lets nobody call it"
            ),
            (
                "option (switchboard.options.v1.policy) = {public: \" \" rate_class: RATE_CLASS_READ idempotency: IDEMPOTENCY_NONE};",
                "lets nobody call it"
            ),
            (
                "option (switchboard.options.v1.policy) = {scopes: \"a\" public: \"b\" rate_class: RATE_CLASS_READ idempotency: IDEMPOTENCY_NONE};",
                "can only be one of the two"
            ),
            (
                "option (switchboard.options.v1.policy) = {scopes: \"\" rate_class: RATE_CLASS_READ idempotency: IDEMPOTENCY_NONE};",
                "a scope without a name"
            ),
            (
                "option (switchboard.options.v1.policy) = {scopes: \"shop:buy\" rate_class: RATE_CLASS_READ idempotency: IDEMPOTENCY_NONE};",
                nil
            ),
            (
                "option (switchboard.options.v1.policy) = {scopes: [\"shop:buy\", \"shop:read\"] rate_class: RATE_CLASS_READ idempotency: IDEMPOTENCY_NONE};",
                nil
            ),
            (
                "option (switchboard.options.v1.policy) = {public: \"Anybody may look.\" rate_class: RATE_CLASS_READ idempotency: IDEMPOTENCY_NONE};",
                nil
            ),
        ] as [(String, String?)])
    func policies(option: String, fault: String?) throws {
        let found = try findings("rpc Buy(Item) returns (Item) { \(option) }")
        #expect(found.map(\.path) == (fault == nil ? [] : [[6, 1, 2, 0]]))
        #expect(found.first?.message.contains(fault ?? "") != false)
        #expect(found.first?.message.hasPrefix("\"Buy\" ") != false)
    }

    @Test("All methods without one are found in one run; an option of that name from elsewhere is none")
    func all() throws {
        let found = try findings("rpc A(Item) returns (Item); rpc B(Item) returns (Item) {} rpc C(Item) returns (Item);")
        #expect(found.map(\.path) == [[6, 1, 2, 0], [6, 1, 2, 1], [6, 1, 2, 2]])
        let plain = Workspace.compile("syntax = \"proto3\"; message M {} service S { rpc A(M) returns (M); }")
        let file = try #require(plain.files.last)
        #expect(PolicyCheck.findings(in: [file], of: try DescriptorPool(plain.files)).count == 1)
    }

    @Test("generate --policy required writes nothing while one is missing; off, which is the default, does not look")
    func generate() throws {
        let scratch = try SwitchgenTests.Scratch([
            "Proto/a.proto": "syntax = \"proto3\"; package a; message M {}\nservice S {\n  rpc Do(M) returns (M);\n}\n"
        ])
        let words = ["generate", "--out", scratch.path + "/out", "--target", "A", scratch.path + "/Proto"]
        let failure = #expect(throws: Failure.self) { try Generator(Command(words + ["--policy", "required"])).run() }
        #expect(failure?.status == 1)
        #expect(scratch.names.isEmpty)
        try Generator(Command(words + ["--policy", "off"])).run()
        try Generator(Command(words)).run()
        #expect(scratch.names == ["out/a.swift"])
    }
}
