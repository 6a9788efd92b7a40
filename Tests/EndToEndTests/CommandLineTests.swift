import Console
import TestSupport
import Testing

/// What cannot be understood is answered with a sentence, and with exit code 2.
struct CommandLineTests {
    @Test(
        "a wrong command line of switchboard",
        arguments: [
            (["dev", "--prot", "1"], "The option \"--prot\" is unknown. Did you mean \"--port\"?"),
            (["dev", "--port", "http"], "--port must be a whole number from 0 to 65535, not \"http\"."),
            (["dev", "--port"], "--port needs a value."),
            (["dev", "now"], "\"now\" is one word too many."),
            (["serv"], "The command \"serv\" is unknown. Did you mean \"serve\"?"),
            (["serve"], "Say with --config which configuration to use."),
            (["config", "chek", "x"], "`config` is followed by `check` and a file, or by `example`."),
            (["cert", "issue"], "`cert` is followed by `authority`, by `issue` and one name, or by `revoke` and files of certificates."),
            (["token", "issue", "--tenant", "a"], "--key is missing."),
        ])
    func switchboard(words: [String], sentence: String) async throws {
        let outcome = try await Outcome([BuiltPrograms.switchboard] + words)
        #expect(outcome.exitCode == 2, "\(outcome)")
        #expect(outcome.output.contains(sentence), "\(outcome)")
    }

    @Test(
        "a wrong command line of switchctl",
        arguments: [
            (["cal", "GetLead"], "The command \"cal\" is unknown. Did you mean \"call\"?"),
            (["call"], "`call` takes one method."),
            (["call", "GetLaed"], "The method \"GetLaed\" is unknown. Did you mean \"GetLead\"?"),
            (["call", "ExportLeads"], "streams: only unary methods can be called"),
            (["call", "GetLead", "-d", "{\n  \"idd\": \"x\"}"], "line 2, column 3"),
            (["call", "GetLead", "-d", "{\n  \"idd\": \"x\"}"], "did you mean \"id\"?"),
            (["call", "GetLead", "--timeout", "0"], "--timeout must be a whole number from 1 to 3600"),
            (["describe", "Laed"], "Did you mean \"Lead\"?"),
        ])
    func switchctl(words: [String], sentence: String) async throws {
        let outcome = try await Outcome([BuiltPrograms.switchctl] + words)
        #expect(outcome.exitCode == 2, "\(outcome)")
        #expect(outcome.output.contains(sentence), "\(outcome)")
    }

    @Test("list and describe need no server")
    func offline() async throws {
        let services = try await Outcome([BuiltPrograms.switchctl, "list"])
        #expect(services.exitCode == 0)
        #expect(services.output.split(separator: "\n").contains("switchboard.lead.v1.LeadService"))
        #expect(services.output.split(separator: "\n").contains("switchboard.admin.v1.JobService"))
        let methods = try await Outcome([BuiltPrograms.switchctl, "list", "LeadService"])
        #expect(methods.output.contains("switchboard.lead.v1.LeadService/CreateLead\n"))
        let message = try await Outcome([BuiltPrograms.switchctl, "describe", "Lead"])
        #expect(message.output.contains("  string first_name = 3;\n"))
        #expect(message.output.contains("  map<string, switchboard.lead.v1.CustomValue> custom_fields = 15;\n"))
        let method = try await Outcome([BuiltPrograms.switchctl, "describe", "ImportLeads"])
        #expect(method.output.contains("rpc ImportLeads(stream "))
    }

    @Test("R16 · list and describe show what each method declares, and a server's reflection says the same of itself")
    func policies() async throws {
        func lines(_ words: String...) async throws -> [Substring] {
            let outcome = try await Outcome([BuiltPrograms.switchctl] + words)
            #expect(outcome.exitCode == 0, "\(outcome)")
            return outcome.output.split(separator: "\n")
        }
        let known = try await lines("list", "--policies")
        let create = try #require(known.first { $0.hasPrefix("switchboard.lead.v1.LeadService/CreateLead ") })
        for member in [
            #"scopes: ["lead:write"]"#, "rate_class: RATE_CLASS_WRITE", "timeout: {seconds: 30}", "timeout_max: {seconds: 300}",
            "idempotency: IDEMPOTENCY_KEYED", "audit: AUDIT_META", "request_bytes_max: 131072",
        ] {
            #expect(create.contains("  \(member)"), "\(create)")
        }
        #expect(try await lines("list", "LeadService", "--policies").contains(create))
        #expect(try #require(known.first { $0.contains("LeadService/ExportLeads ") }).contains("  cost: 20"))
        let described = try await lines("describe", "CreateLead")
        #expect(described.contains("  option (switchboard.options.v1.policy) = {") && described.contains(#"    scopes: ["lead:write"]"#))
        try await DevServer.with { (server) async throws in
            let served = try await lines("list", "--policies", "--server", "--state", server.state.path)
            // Nor does a server of the same build have a method that this program does not know.
            #expect(Set(known.filter { $0.hasPrefix("switchboard.") }) == Set(served.filter { $0.hasPrefix("switchboard.") }))
            // Whatever else it serves, nothing of ours is without a policy.
            for line in served where line.hasPrefix("switchboard.") {
                #expect(line.contains("  scopes: [") || line.contains("  public: "), "\(line)")
            }
            #expect(try await lines("describe", "CreateLead", "--server", "--state", server.state.path) == described)
            #expect(try await lines("list", "--server", "--state", server.state.path).contains("grpc.reflection.v1.ServerReflection"))
        }
    }

    @Test("without a server in reach a call says so, with exit code 3")
    func nobodyThere() async throws {
        try await DevServer.with { (server) async throws in
            _ = try await server.stop()
            let outcome = try await server.call("ListLeads")
            #expect(outcome.exitCode == 3, "\(outcome)")
            #expect(outcome.output.contains("No connection"), "\(outcome)")
        }
    }

    @Test("where no development server was ever started, switchctl says how to start one")
    func nowhere() async throws {
        let outcome = try await Outcome([BuiltPrograms.switchctl, "call", "ListLeads", "--state", "/nonexistent"])
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.contains("No development server has run in /nonexistent."), "\(outcome)")
    }
}
