import LeadAPI
import Platform
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

/// What may be in a request, asked of the program itself: the bounds of its .proto files hold at its door.
struct InputBoundTests {
    @Test("R6 · R29 · every bounded field of every method takes as much as it may, and one more is a violation of its path and rule")
    func bounds() async throws {
        try await ServedProgram.with { (served) async throws in
            var tested = 0
            for (number, method) in try await served.methods().enumerated() {
                // Rows of an import are judged one by one, and reported: a bad one is no error of the call. Of an update that counts which
                // its mask names, in the lead that it would make. And what the server sets in a lead counts for nothing in a request.
                let masked = Self.masked.first { method.path.hasSuffix($0.key) }?.value
                let fields = BoundedField.all(of: method.input).filter { field in
                    !field.path.hasPrefix("row.") && masked.map { field.path.hasPrefix($0) } != true && field.path != "lead.id"
                }
                for (position, field) in fields.enumerated() {
                    // A tenant each, so that no limit of calls is in the way.
                    let options = try served.options(tenant: "t\(number)-\(position)")
                    let error = try await served.refusal(method.path, field.tooMuch, options)
                    // What only the platform's own people may do is refused before anybody looks at the request.
                    if error?.code == .permissionDenied { continue }
                    #expect(error?.code == .invalidArgument, "\(method.path) \(field.path) \(field.rule): \(String(describing: error))")
                    #expect(error?.reason == "FIELD_VIOLATION", "\(method.path) \(field.path)")
                    #expect(violates(error, field), "\(method.path) \(field.path) \(field.rule): \(String(describing: error))")
                    // It may break other rules, or find nothing; not this one.
                    let most = try await served.refusal(method.path, field.most, options)
                    #expect(!violates(most, field), "\(method.path) \(field.path) \(field.rule)")
                    tested += 1
                }
            }
            #expect(tested > 20)
        }
    }

    /// Updates by a mask, and the field that it is of.
    private static let masked = ["/UpdateLead": "lead.", "/UpdateProduct": "product."]

    private func violates(_ error: RPCError?, _ field: BoundedField) -> Bool {
        error?.detail(BadRequest.self)?.fieldViolations.contains {
            // The lead service says the rule in words alone.
            $0.field == field.path && ($0.reason == field.rule || $0.reason.isEmpty && $0.description.contains("at most"))
        } ?? false
    }

    @Test("R6 · R29 · all that is wrong with a request is said at once")
    func atOnce() async throws {
        try await ServedProgram.with { (served) async throws in
            let request = CreateLeadRequest.with {
                $0.lead = Lead.with {
                    $0.firstName = String(repeating: "a", count: 101)
                    $0.lastName = ""
                    $0.email = "nobody"
                    $0.phone = "none"
                }
            }
            let error = try #require(
                try await served.refusal("/switchboard.lead.v1.LeadService/CreateLead", request.encoded(), served.options()))
            let named = Set(error.detail(BadRequest.self)?.fieldViolations.map(\.field) ?? [])
            #expect(named.isSuperset(of: ["lead.first_name", "lead.last_name", "lead.email", "lead.phone"]), "\(error)")
        }
    }

    @Test("R6 · a message over 4 MiB is refused by its prefix, before a byte of it is here")
    func tooLarge() async throws {
        try await ServedProgram.with { (served) async throws in
            let lead = Lead.with { $0.notes = String(repeating: "a", count: 4 << 20) }
            let request = CreateLeadRequest.with { $0.lead = lead }
            let error = try #require(
                try await served.refusal("/switchboard.lead.v1.LeadService/CreateLead", request.encoded(), served.options()))
            #expect(error.code == .resourceExhausted, "\(error)")
            #expect(error.reason == "MESSAGE_TOO_LARGE", "\(error)")
        }
    }

    @Test(
        "R19 · control characters and NUL are refused where a name is meant, and so is what is no UTF-8",
        arguments: ["a\u{0}b", "a\u{1B}[2Jb", "a\u{7F}b", "a\u{9B}b"])
    func controls(name: String) async throws {
        try await ServedProgram.with { (served) async throws in
            let path = "/switchboard.lead.v1.LeadService/CreateLead"
            let request = CreateLeadRequest.with {
                $0.lead = Lead.with {
                    $0.firstName = name
                    $0.lastName = "B"
                    $0.email = "a@example.com"
                }
            }
            let error = try #require(try await served.refusal(path, request.encoded(), served.options()))
            #expect(error.code == .invalidArgument, "\(error)")
            #expect(error.detail(BadRequest.self)?.fieldViolations.map(\.field) == ["lead.first_name"], "\(error)")
            // Lead.first_name, as bytes that no encoder of text makes.
            let invalid = Wire.field(1, Wire.field(3, [0x61, 0xC3, 0x28]))
            let malformed = try #require(try await served.refusal(path, invalid, served.options()))
            #expect(malformed.code == .invalidArgument, "\(malformed)")
        }
    }

    @Test("R19 · what is stored comes back byte for byte")
    func verbatim() async throws {
        try await ServedProgram.with { (served) async throws in
            let client = LeadServiceClient(served.channel)
            let names = ["Zoë", "Zoe\u{308}", "O'Brien; DROP TABLE lead;--", "<b>\"&amp;", "漢字 🙂", "%s%n{{x}}", "\\'\\\\", "ＡＢＣ"]
            for (number, name) in names.enumerated() {
                let request = CreateLeadRequest.with {
                    $0.lead = Lead.with {
                        $0.firstName = name
                        $0.lastName = name
                        $0.email = "lead-\(number)@example.com"
                        $0.notes = name
                    }
                }
                let created = try await client.createLead(request, served.options())
                let read = try await client.getLead(GetLeadRequest.with { $0.id = created.id }, served.options())
                for text in [created.firstName, read.firstName, read.lastName, read.notes] { #expect(Array(text.utf8) == Array(name.utf8)) }
            }
        }
    }
}
