import Console
import Glibc
import TestSupport
import Testing

/// What the screen and the README tell a user to run: clients that were not written here, and one of the user's own.
struct ForeignClientTests {
    private static let package = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    /// The foreign clients of `make test`.
    private func clients() throws -> String {
        let folder = "\(Self.package)/.build-python"
        guard Files.isProgram("\(folder)/bin/grpcurl"), Files.isProgram("\(folder)/bin/buf") else {
            throw ProgramFailure("there are no foreign clients in \(folder); run `make test`, which installs them")
        }
        return folder
    }

    @Test("the grpcurl and the buf line of the screen each create a lead", arguments: [("grpcurl", "grace"), ("buf", "alan")])
    func pasted(client: String, name: String) async throws {
        let clients = try clients()
        try await DevServer.with { (server) async throws in
            // Where the screen's own line for pip would have put them.
            let link = "\(server.state.path)/clients"
            if !Files.exists(link) { try #require(unsafe symlink(clients, link) == 0) }
            let line = try #require(server.screen.first { $0.contains("/CreateLead") && $0.contains("\(name)-") })
            #expect(line.contains(client))
            let outcome = try await Outcome(["/bin/sh", "-c", line])
            #expect(outcome.exitCode == 0, "\(line)\n\(outcome)")
            #expect(outcome.output.contains("\"email\": \"\(name)-"), "\(outcome)")
        }
    }

    @Test("grpcio leads leads through their lives, imports and exports them, and reads the details of each refusal")
    func leads() async throws {
        let clients = try clients()
        try await DevServer.with { (server) async throws in
            let state = server.state
            let address = try #require(try Files.text(state.address).split(separator: "\n").first)
            let seed = UInt32.random(in: 0 ... .max)
            // It does in a minute what nobody does by hand.
            for quotaClass in ["READ", "WRITE"] {
                let data = #"{"kind": "QUOTA_KIND_PRINCIPAL", "quotaClass": "QUOTA_CLASS_\#(quotaClass)", "perPeriod": "100000"}"#
                let raised = try await server.call("SetQuota", "-d", data)
                try #require(raised.exitCode == 0, "\(raised)")
            }
            let outcome = try await Outcome([
                "/usr/bin/env", "PYTHONPATH=\(Self.package)/Proto", "PYTHONDONTWRITEBYTECODE=1", "\(clients)/bin/python",
                "\(Self.package)/Tests/InteropTests/Python/leads.py", "--address", String(address), "--pki", "\(state.path)/pki",
                "--certificate", "client", "--token", state.token, "--seed", String(seed),
            ])
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.output.contains(" checks held"), "\(outcome)")
        }
    }

    @Test("the README's Python client creates a lead, in the way the README says")
    func python() async throws {
        let clients = try clients()
        let readme = try Readme("\(Self.package)/README.md")
        let commands = try readme.block("sh", under: "## A client in Python")
        let program = try readme.block("python", under: "## A client in Python")
        try await DevServer.with { (server) async throws in
            // The user's working folder: it has the state folder, and Proto of the repository.
            let folder = try #require(server.state.path.parentPath)
            try #require(unsafe symlink("\(Self.package)/Proto", "\(folder)/Proto") == 0)
            try #require(unsafe symlink(clients, "\(folder)/.venv") == 0)
            let address = try #require(try Files.text(server.state.address).split(separator: "\n").first)
            try Files.write(program.replacing("127.0.0.1:7443", with: String(address)), to: "\(folder)/hello.py")
            // The first line makes the environment, which is there already.
            let afterInstallation = commands.split(separator: "\n").filter { !$0.contains("-m venv") }.joined(separator: "\n")
            let outcome = try await Outcome(["/bin/sh", "-e", "-c", "cd \(folder.shellWord)\n\(afterInstallation)"])
            #expect(outcome.exitCode == 0, "\(outcome)")
            let list = try await server.call("ListLeads")
            #expect(list.output.contains("alan@example.com"), "\(list)")
            #expect(list.output.contains(outcome.output.split(separator: "\n").last ?? "no id"), "\(outcome)\n\(list)")
        }
    }

    /// Of the products that the README names: what their user's program is linked from.
    private static let clientModules = [
        "SwitchboardAPI", "AdminAPI", "LeadAPI", "OptionsAPI", "RPC", "HTTP2", "TLS", "Crypto", "Net", "Validation", "Pattern",
        "StandardTypes",
        "Protobuf",
    ]

    @Test("the README's Swift client creates a lead")
    func swift() async throws {
        let program = try Readme("\(Self.package)/README.md").block("swift", under: "## A client in Swift")
        try await DevServer.with { (server) async throws in
            let folder = try #require(server.state.path.parentPath)
            let address = try #require(try Files.text(server.state.address).split(separator: "\n").first)
            try Files.write(program.replacing("127.0.0.1:7443", with: String(address)), to: "\(folder)/main.swift")
            let objects = Self.clientModules.map { "\(BuiltPrograms.folder.shellWord)/\($0).build/*.o" }.joined(separator: " ")
            let command = """
                cd \(folder.shellWord) && nice swiftc -swift-version 6 -I \(BuiltPrograms.folder.shellWord)/Modules \
                    -I \(Self.package.shellWord)/Sources/CNet -o hello main.swift \(objects) && ./hello
                """
            let outcome = try await Outcome(["/bin/sh", "-c", command], seconds: 600)
            #expect(outcome.exitCode == 0, "\(outcome)")
            let list = try await server.call("ListLeads")
            #expect(list.output.contains("grace@example.com"), "\(list)")
            #expect(list.output.contains(outcome.output.split(separator: "\n").last ?? "no id"), "\(outcome)\n\(list)")
        }
    }
}

/// The code blocks of a page in Markdown.
struct Readme {
    private let lines: [Substring]

    init(_ path: String) throws {
        lines = try Files.text(path).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The first block in `language` behind `heading`.
    func block(_ language: String, under heading: String) throws -> String {
        let section = lines.drop { $0 != heading }.dropFirst().prefix { !$0.hasPrefix("## ") }
        let block = section.drop { $0 != "```\(language)" }.dropFirst().prefix { $0 != "```" }
        guard !block.isEmpty else { throw ProgramFailure("the README has no \(language) block under \(heading)") }
        return block.joined(separator: "\n")
    }
}
