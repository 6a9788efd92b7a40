import LeadAPI
import Platform
import Postgres
import Protobuf
import RPC
import StandardTypes
import Testing

@Suite("CreateLead and GetLead")
struct CreateLeadTests {
    @Test("A lead with every field set comes back the same, from the creation and from the database")
    func everyField() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let created = try await tenant.create(.complete)
        var expected = Lead.complete
        expected.id = created.id
        expected.etag = created.etag
        expected.createdAt = created.createdAt
        expected.updatedAt = created.createdAt
        #expect(created == expected)
        #expect(try await tenant.get(created.id) == expected)
        #expect(try await tenant.get(created.id.uppercased()) == expected)
    }

    @Test("A call without a key is refused before its request is looked at, where the .proto demands one, and only there")
    func keyBeforeRequest() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let nonsense: [UInt8] = [0xFF]
        let create = LeadServiceMethods.createLead.info.path
        let keyless = await #expect(throws: RPCError.self) {
            try await tenant.world.channel.unary(path: create, message: nonsense, tenant.options())
        }
        #expect(keyless?.code == .invalidArgument)
        #expect(keyless?.reason == "IDEMPOTENCY_KEY_MISSING")
        for (path, key) in [(create, "key-00001"), (LeadServiceMethods.getLead.info.path, nil)] {
            let undecoded = await #expect(throws: RPCError.self) {
                try await tenant.world.channel.unary(path: path, message: nonsense, tenant.options(key: key))
            }
            #expect(undecoded?.reason != "IDEMPOTENCY_KEY_MISSING")
        }
    }

    @Test("A lead with the least is new, manual and consents to nothing")
    func least() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let id = try await tenant.create(.ada).id
        let lead = try await tenant.get(id)
        #expect(lead.status == .new)
        #expect(lead.source == "manual")
        #expect(lead.consent == nil)
        #expect(Array(id.utf8)[14] == UInt8(ascii: "7"))
    }

    @Test("R19: text is stored as it came, whatever it looks like", arguments: hostileTexts)
    func hostileText(text: String) async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var lead = Lead.complete
        lead.firstName = text
        lead.company = text
        lead.notes = text
        lead.tags = [text]
        lead.customFields = ["note": .text(text)]
        let id = try await tenant.create(lead).id
        let stored = try await tenant.get(id)
        for field in [stored.firstName, stored.company, stored.notes, stored.tags[0]] { #expect(Array(field.utf8) == Array(text.utf8)) }
        #expect(stored.customFields == lead.customFields)
    }

    private static let hostileTexts = [
        "'; DROP TABLE lead; --", "$1", "\\", "\"", "{a,b}", "NULL", "null", "%s%n", "' OR '1'='1", "<script>", "e\u{301}é", "🦊",
        "\u{202E}",
        "a\\u0000b", "{\"a\":1}", "\\x41",
    ]

    @Test("The same key with the same request changes nothing and gives the same bytes")
    func repeated() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var request = CreateLeadRequest()
        request.lead = .complete
        for number in 0..<20 { request.lead?.customFields["key_\(number)"] = .number(Double(number)) }
        let path = LeadServiceMethods.createLead.info.path
        let key = Tenant.newKey()
        let first = try await tenant.world.channel.unary(path: path, message: request.encoded(), tenant.options(key: key))
        for _ in 0..<3 {
            // Encoded anew, so that the entries of the map may come in another order.
            let again = try await tenant.world.channel.unary(path: path, message: request.encoded(), tenant.options(key: key))
            #expect(again == first)
        }
        #expect(try await tenant.count("SELECT count(*) FROM lead WHERE tenant_id = current_tenant()") == 1)
    }

    @Test("The same key with another request is refused")
    func reusedKey() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let key = Tenant.newKey()
        _ = try await tenant.create(.ada, key: key)
        let error = await refusal { try await tenant.create(.numbered(1), key: key) }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.reason == "IDEMPOTENCY_KEY_REUSED")
        let other = try await LeadWorld.shared().tenant()
        #expect(try await other.create(.numbered(1), key: key).email == "lead-1@example.com")
    }

    @Test("A call without a key, or with one that is no key, is refused", arguments: [nil, "short", "with space", "dotted.key"])
    func wrongKey(key: String?) async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var request = CreateLeadRequest()
        request.lead = .ada
        let error = await refusal { try await tenant.client.createLead(request, tenant.options(key: key)) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.violatedFields == ["idempotency-key"])
    }

    @Test("Of many calls at once with one key, one creates and all get its reply")
    func atOnce() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let key = Tenant.newKey()
        let replies = try await withThrowingTaskGroup(of: Lead.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while true {
                        do {
                            return try await tenant.create(.ada, key: key)
                        } catch let error as RPCError where error.reason == "IDEMPOTENCY_IN_PROGRESS" {
                            // Told to come again while the first one is at it.
                            continue
                        }
                    }
                }
            }
            return try await group.reduce(into: Set<Lead>()) { $0.insert($1) }
        }
        #expect(replies.count == 1)
        #expect(try await tenant.count("SELECT count(*) FROM lead WHERE tenant_id = current_tenant()") == 1)
    }

    @Test("An e-mail address belongs to one lead of a tenant, in any case")
    func duplicate() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        _ = try await tenant.create(.ada)
        var second = Lead.ada
        second.email = "ADA@Example.com"
        let error = await refusal { try await tenant.create(second) }
        #expect(error?.code == .alreadyExists)
        #expect(error?.reason == "EMAIL_EXISTS")
        #expect(error?.detail(ResourceInfo.self)?.resourceType == "switchboard.lead.v1.Lead")
        #expect(error?.detail(ResourceInfo.self)?.resourceName == "ADA@Example.com")
        #expect(try await LeadWorld.shared().tenant().create(.ada).email == "ada@example.com")
    }

    @Test("R1: a creation that fails keeps neither a lead nor its key, so that the key can be used again")
    func nothingHalf() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let first = try await tenant.create(.ada)
        let key = Tenant.newKey()
        #expect(await refusal { try await tenant.create(.ada, key: key) }?.reason == "EMAIL_EXISTS")
        #expect(try await tenant.count("SELECT count(*) FROM idempotency_key WHERE tenant_id = current_tenant()") == 1)
        try await tenant.delete(first.id, etag: first.etag)
        let second = try await tenant.create(.ada, key: key)
        #expect(second.id != first.id)
    }

    @Test("R6: every violation of a request is named in one answer")
    func violations() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var lead = Lead.ada
        lead.firstName = ""
        lead.email = "nobody"
        lead.score = 101
        lead.timezone = "Mars/Base"
        lead.tags = ["a", "a"]
        lead.customFields = ["Bad": .text("x")]
        let error = await refusal { try await tenant.create(lead) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.reason == "FIELD_VIOLATION")
        #expect(
            error?.violatedFields == [
                "lead.first_name", "lead.email", "lead.score", "lead.tags[1]", "lead.custom_fields", "lead.timezone",
            ])
        #expect(await refusal { try await tenant.create(Lead()) }?.violatedFields.count == 3)
    }

    @Test("R11: another tenant's lead and no lead are the same answer, word for word")
    func noOracle() async throws {
        let world = try await LeadWorld.shared()
        let (owner, stranger) = (world.tenant(), world.tenant())
        let lead = try await owner.create(.ada)
        let absent = "018f4e6a-7c1b-7d2e-9a3f-0123456789ab"
        for id in [lead.id, absent] {
            let errors = [
                await refusal { try await stranger.get(id) },
                await refusal {
                    var lead = Lead()
                    lead.id = id
                    return try await stranger.update(lead, ["notes"], etag: "*")
                },
                await refusal { try await stranger.delete(id, etag: "*") },
            ]
            for error in errors {
                #expect(error?.code == .notFound)
                #expect(error?.reason == "RESOURCE_NOT_FOUND")
                #expect(error?.message == "There is no lead with this id.")
                #expect(error?.detail(ResourceInfo.self)?.resourceName == id)
            }
        }
        #expect(try await owner.get(lead.id) == lead)
    }

    @Test("What is no id is a violation", arguments: ["", "42", "018f4e6a7c1b7d2e9a3f0123456789ab"])
    func wrongID(id: String) async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let error = await refusal { try await tenant.get(id) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.violatedFields == ["id"])
    }
}
