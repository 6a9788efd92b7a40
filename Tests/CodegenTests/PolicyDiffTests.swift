import Foundation
import ProtoPolicy
import ProtoSchema
import Protobuf
import Testing

@testable import SwitchgenTool

@Suite("What is looser than before")
struct PolicyDiffTests {
    private static let imports = [
        "buf/validate/validate.proto", "google/protobuf/descriptor.proto", "google/protobuf/duration.proto",
        "google/protobuf/field_mask.proto", "google/protobuf/timestamp.proto", "switchboard/options/v1/options.proto",
    ]

    private func pool(method: String, field: String = "", others: String = "") throws -> DescriptorPool {
        let protos = Workspace.package.appending(path: "Proto")
        let known = try Self.imports.map { ($0, try String(contentsOf: protos.appending(path: $0), encoding: .utf8)) }
        let text = """
            syntax = "proto3"; package shop.v1;
            import "buf/validate/validate.proto"; import "google/protobuf/duration.proto"; import "switchboard/options/v1/options.proto";
            message Item { \(field.isEmpty ? "string name = 1;" : field) google.protobuf.Duration wait = 9; }
            service Shop { rpc Buy(Item) returns (Item) { \(method) } \(others) }
            """
        let result = Workspace.compile(text, with: Dictionary(uniqueKeysWithValues: known))
        #expect(result.diagnostics.filter { $0.severity == .error }.map(\.rendered) == [])
        return try DescriptorPool(result.files)
    }

    private func policy(_ text: String) -> String { text.isEmpty ? "" : "option (switchboard.options.v1.policy) = {\(text)};" }

    private func difference(_ old: DescriptorPool, _ new: DescriptorPool) -> PolicyDiff {
        PolicyDiff(from: old, to: new, files: ["test.proto"])
    }

    @Test(
        "Each limit of a method that is dropped or raised is said, and the way back is not",
        arguments: [
            ("scopes: [\"a\", \"b\"]", "scopes: \"a\"", ["does not ask for the scope b any more"], true),
            ("scopes: \"a\"", "scopes: \"b\"", ["does not ask for the scope a any more"], true),
            ("scopes: \"a\"", "public: \"Anybody may.\"", ["may be called by everybody: Anybody may."], true),
            ("scopes: \"a\"", "", ["has no policy any more"], true),
            ("scopes: \"a\"", "scopes: \"a\" tenant: TENANT_PLATFORM", ["is not held to the caller's tenant any more"], false),
            (
                "scopes: \"a\" rate_class: RATE_CLASS_SEND", "scopes: \"a\" rate_class: RATE_CLASS_READ",
                ["draws on the quota of read, not of send"], false
            ),
            ("scopes: \"a\" cost: 5", "scopes: \"a\"", ["costs 1, not 5"], false),
            (
                "scopes: \"a\" timeout_max: {seconds: 5}", "scopes: \"a\" timeout_max: {seconds: 6}",
                ["has a timeout_max of 6.0 seconds, not 5.0 seconds"], false
            ),
            ("scopes: \"a\" request_bytes_max: 5", "scopes: \"a\"", ["has no request_bytes_max any more, which was 5"], false),
            ("scopes: \"a\" concurrency_max: 5", "scopes: \"a\" concurrency_max: 6", ["has a concurrency_max of 6, not 5"], false),
            ("scopes: \"a\" queries_max: 0", "scopes: \"a\" queries_max: 1", ["has a queries_max of 1, not 0"], false),
            ("scopes: \"a\" audit: AUDIT_FULL", "scopes: \"a\" audit: AUDIT_META", ["is recorded as meta, not as full"], false),
            (
                "scopes: \"a\" idempotency: IDEMPOTENCY_KEYED", "scopes: \"a\" idempotency: IDEMPOTENCY_NONE",
                ["does not ask for an idempotency key any more"], false
            ),
            ("scopes: \"a\"", "scopes: [\"a\", \"b\"]", [], false),
            ("scopes: \"a\" cost: 2", "scopes: \"a\" cost: 3 timeout_max: {seconds: 1} audit: AUDIT_META queries_max: 1", [], false),
        ] as [(String, String, [String], Bool)])
    func methods(old: String, new: String, changes: [String], opens: Bool) throws {
        let found = difference(try pool(method: policy(old)), try pool(method: policy(new)))
        #expect(found.loosened.map(\.text) == changes.map { "shop.v1.Shop/Buy: \($0)" })
        #expect(found.opened.map(\.method) == (opens ? ["shop.v1.Shop/Buy"] : []))
        let same = difference(try pool(method: policy(old)), try pool(method: policy(old)))
        #expect(same.loosened == [] && same.opened.isEmpty)
    }

    @Test("A new method loosens nothing; who may call it is said")
    func newMethod() throws {
        let old = try pool(method: policy("scopes: \"a\""))
        let new = try pool(method: policy("scopes: \"a\""), others: "rpc Sell(Item) returns (Item) { \(policy("scopes: \"b\"")) }")
        let found = difference(old, new)
        #expect(found.loosened == [])
        #expect(found.opened.map(\.method) == ["shop.v1.Shop/Sell"])
        #expect(found.opened.first?.policy?.scopes == ["b"])
    }

    @Test(
        "Each rule of a field that is dropped or widened is said, a stricter one is not",
        arguments: [
            (
                "string name = 1 [(buf.validate.field).string.max_len = 5];", "string name = 1 [(buf.validate.field).string.max_len = 6];",
                ["has a string.max_len of 6, not 5"]
            ),
            ("string name = 1 [(buf.validate.field).string.max_len = 5];", "string name = 1;", ["has no string.max_len any more"]),
            (
                "string name = 1 [(buf.validate.field).string.max_len = 5];", "string name = 1 [(buf.validate.field).string.max_len = 4];",
                []
            ),
            (
                "string name = 1 [(buf.validate.field).string.min_len = 5];", "string name = 1 [(buf.validate.field).string.min_len = 4];",
                ["has a string.min_len of 4, not 5"]
            ),
            (
                "string name = 1 [(buf.validate.field).string.uuid = true];", "string name = 1 [(buf.validate.field).string.max_len = 36];",
                ["has no string.uuid any more"]
            ),
            (
                "string name = 1 [(buf.validate.field).string.pattern = \"^a$\"];",
                "string name = 1 [(buf.validate.field).string.pattern = \"^b$\"];", ["has another string.pattern"]
            ),
            (
                "string name = 1 [(buf.validate.field).string = {in: [\"a\"]}];",
                "string name = 1 [(buf.validate.field).string = {in: [\"a\", \"b\"]}];", ["has more in string.in"]
            ),
            (
                "string name = 1 [(buf.validate.field).string = {in: [\"a\", \"b\"]}];",
                "string name = 1 [(buf.validate.field).string = {in: [\"a\"]}];", []
            ),
            (
                "string name = 1 [(buf.validate.field).string = {not_in: [\"a\"]}];",
                "string name = 1 [(buf.validate.field).string = {not_in: [\"b\"]}];", ["has less in string.not_in"]
            ),
            ("string name = 1 [(buf.validate.field).required = true];", "string name = 1;", ["has no required any more"]),
            (
                "string name = 1 [(buf.validate.field).string.max_len = 5];",
                "string name = 1 [(buf.validate.field) = {ignore: IGNORE_ALWAYS, string: {max_len: 5}}];",
                ["has rules that are ignored always"]
            ),
            (
                "repeated string name = 1 [(buf.validate.field).repeated = {max_items: 5, items: {string: {max_len: 5}}}];",
                "repeated string name = 1 [(buf.validate.field).repeated = {max_items: 6, items: {string: {max_len: 6}}}];",
                ["has a repeated.items.string.max_len of 6, not 5", "has a repeated.max_items of 6, not 5"]
            ),
            (
                "int32 name = 1 [(buf.validate.field).int32.lte = 5];", "int32 name = 1 [(buf.validate.field).int32.lte = 50];",
                ["has a int32.lte of 50, not 5"]
            ),
            (
                "google.protobuf.Duration name = 1 [(buf.validate.field).duration.lte = {seconds: 5}];",
                "google.protobuf.Duration name = 1 [(buf.validate.field).duration.lte = {seconds: 6}];", ["has a duration.lte of 6, not 5"]
            ),
            (
                "google.protobuf.Duration name = 1 [(buf.validate.field).duration.lte = {seconds: 5}];",
                "google.protobuf.Duration name = 1 [(buf.validate.field).duration.lte = {seconds: 5}];", []
            ),
            (
                "string name = 1 [(switchboard.options.v1.sensitive) = SENSITIVITY_SECRET];",
                "string name = 1 [(switchboard.options.v1.sensitive) = SENSITIVITY_PII];", ["is pii, not secret"]
            ),
            ("string name = 1 [(switchboard.options.v1.output_only) = true];", "string name = 1;", ["is not output_only any more"]),
            ("string name = 1 [(switchboard.options.v1.immutable) = true];", "string name = 1;", ["is not immutable any more"]),
            (
                "oneof name { option (buf.validate.oneof).required = true; string a = 1; }", "oneof name { string a = 1; }",
                ["is not required any more"]
            ),
        ] as [(String, String, [String])])
    func fields(old: String, new: String, changes: [String]) throws {
        let found = difference(try pool(method: "", field: old), try pool(method: "", field: new))
        #expect(found.loosened.map(\.text) == changes.map { "shop.v1.Item.name: \($0)" })
    }

    @Test("A reason stands behind what was loosened, word by word; what did not happen is found")
    func acknowledgements() throws {
        let file = try Acknowledgements(
            "# why\n\nshop.v1.Shop/Buy: costs 1, not 5 # It has become cheap.\nshop.v1.Shop/Buy: is gone # Never.\n")
        let found = difference(try pool(method: policy("scopes: \"a\" cost: 5")), try pool(method: policy("scopes: \"a\""))).loosened
        #expect(found.map(file.reason(of:)) == ["It has become cheap."])
        #expect(file.idle(besides: found) == ["shop.v1.Shop/Buy: is gone"])
        for text in ["shop.v1.Shop/Buy: costs 1", "shop.v1.Shop/Buy: costs 1 #  "] {
            #expect(throws: Acknowledgements.SyntaxError.self) { try Acknowledgements(text) }
        }
    }

    @Test("policy-diff compares with a file of descriptors and with a git revision, and passes with a reason for everything")
    func command() throws {
        func shop(_ policy: String) -> String {
            "syntax = \"proto3\"; package a; import \"switchboard/options/v1/options.proto\"; message M {}\n"
                + "service S { rpc Do(M) returns (M) { option (switchboard.options.v1.policy) = {\(policy)}; } }\n"
        }
        let scratch = try SwitchgenTests.Scratch([
            "Proto/a.proto": shop("scopes: \"a:do\" cost: 5"), "roles": "viewer: a:see\nadmin: a:see a:do a:all\n",
            "reasons": "a.S/Do: costs 1, not 5 # Because.\na.S/Do: does not ask for the scope a:do any more # Because.\n",
        ])
        let ours = Workspace.package.appending(path: "Proto").path
        for name in ["switchboard/options/v1/options.proto", "google/protobuf/duration.proto"] {
            let copy = scratch.url.appending(path: "Proto/\(name)")
            try FileManager.default.createDirectory(at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: "\(ours)/\(name)", toPath: copy.path)
        }
        let input = scratch.path + "/Proto/a.proto"
        try #require(Tool.run(["descriptors", "--out", scratch.path + "/old", "--without-comments", input]) == 0)
        for words in [["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "-m", "one"]] {
            let git = Process()
            git.executableURL = URL(filePath: "/usr/bin/env")
            git.arguments = ["git", "-C", scratch.path] + words
            try git.run()
            git.waitUntilExit()
            try #require(git.terminationStatus == 0)
        }
        for against in [scratch.path + "/old", "HEAD"] {
            #expect(Tool.run(["policy-diff", "--against", against, input]) == 0)
        }
        try Data(shop("scopes: \"a:see\"").utf8).write(to: URL(filePath: input))
        for against in [scratch.path + "/old", "HEAD"] {
            let words = ["policy-diff", "--against", against, "--roles", scratch.path + "/roles"]
            #expect(Tool.run(words + [input]) == 1)
            #expect(Tool.run(words + ["--acknowledged", scratch.path + "/reasons", input]) == 0)
        }
        // A reason for what has not happened does not stay.
        try Data(shop("scopes: \"a:do\"").utf8).write(to: URL(filePath: input))
        #expect(Tool.run(["policy-diff", "--against", "HEAD", "--acknowledged", scratch.path + "/reasons", input]) == 1)
        #expect(Tool.run(["policy-diff", "--against", "no-such-revision", input]) == 1)
        #expect(Tool.run(["policy-diff", input]) == 64)
    }

    @Test("Docs/policy.md is the table of the policies as they are (after a change: make accept-policy)")
    func table() throws {
        let scratch = try SwitchgenTests.Scratch()
        let proto = Workspace.package.appending(path: "Proto").path
        let page = scratch.path + "/policy.md"
        try #require(Tool.run(["policy-table", "--out", page, "--roles", "\(proto)/policy.roles", "\(proto)/switchboard"]) == 0)
        let expected = try String(contentsOf: Workspace.package.appending(path: "Docs/policy.md"), encoding: .utf8)
        #expect(try scratch.text("policy.md") == expected)
    }
}
