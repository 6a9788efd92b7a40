import LeadAPI
import Platform
import Postgres
import Protobuf
import RPC
import StandardTypes
import Testing

@Suite("UpdateLead and DeleteLead")
struct UpdateLeadTests {
    @Test("An update changes the fields that its mask names, the etag and the time, and nothing else")
    func masked() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let lead = try await tenant.create(.complete)
        var change = Lead()
        change.id = lead.id
        change.company = "Remington Rand"
        change.firstName = "ignored"
        let updated = try await tenant.update(change, ["company", "phone", "custom_fields.plan", "consent.sms"], etag: lead.etag)
        var expected = lead
        expected.company = "Remington Rand"
        expected.phone = ""
        expected.customFields["plan"] = nil
        expected.consent?.sms = false
        expected.etag = updated.etag
        expected.updatedAt = updated.updatedAt
        #expect(updated == expected)
        #expect(updated.etag != lead.etag)
        #expect(try await tenant.get(lead.id) == expected)
    }

    @Test("A star replaces all that a caller may set")
    func star() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let lead = try await tenant.create(.ada)
        var change = Lead.complete
        change.id = lead.id
        change.status = .contacted
        let updated = try await tenant.update(change, ["*"], etag: lead.etag)
        #expect(updated.tags == Lead.complete.tags)
        #expect(updated.consent == Lead.complete.consent)
        #expect(updated.createdAt == lead.createdAt)
    }

    @Test("A stale etag is ABORTED, for an update and for a deletion, and changes nothing")
    func stale() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let lead = try await tenant.create(.ada)
        var change = lead
        change.notes = "first"
        let updated = try await tenant.update(change, ["notes"])
        change.notes = "second"
        for etag in [lead.etag, "never given"] {
            let error = await refusal { try await tenant.update(change, ["notes"], etag: etag) }
            #expect(error?.code == .aborted)
            #expect(error?.reason == "ETAG_MISMATCH")
            #expect(await refusal { try await tenant.delete(lead.id, etag: etag) }?.reason == "ETAG_MISMATCH")
        }
        #expect(try await tenant.get(lead.id) == updated)
        #expect(try await tenant.update(change, ["notes"], etag: "*").notes == "second")
    }

    @Test("Of many updates made from one version exactly one succeeds")
    func atOnce() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let lead = try await tenant.create(.ada)
        let outcomes = await withTaskGroup(of: String.self) { group in
            for number in 0..<8 {
                group.addTask {
                    var change = lead
                    change.notes = "\(number)"
                    return await refusal { try await tenant.update(change, ["notes"]) }?.reason ?? "OK"
                }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(outcomes == ["OK": 1, "ETAG_MISMATCH": 7])
    }

    @Test("R6: an update names all its violations, of the request and of the lead it would make")
    func violations() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let request = await refusal {
            var change = Lead()
            change.id = "42"
            return try await tenant.update(change, ["nickname", "phone", "etag"], etag: "")
        }
        #expect(request?.code == .invalidArgument)
        #expect(request?.violatedFields == ["lead.id", "update_mask.paths[0]", "update_mask.paths[2]", "etag"])
        var lead = try await tenant.create(.ada)
        lead.firstName = ""
        lead.phone = "0"
        let result = await refusal { try await tenant.update(lead, ["first_name", "phone"]) }
        #expect(result?.violatedFields == ["lead.first_name", "lead.phone"])
        #expect(await refusal { try await tenant.update(lead, []) }?.violatedFields == ["update_mask"])
    }

    @Test("An address that another lead has cannot be taken by an update")
    func duplicate() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        _ = try await tenant.create(.ada)
        var other = try await tenant.create(.numbered(1))
        other.email = "Ada@example.com"
        let error = await refusal { try await tenant.update(other, ["email"]) }
        #expect(error?.code == .alreadyExists)
        #expect(error?.reason == "EMAIL_EXISTS")
        #expect(try await tenant.get(other.id).email == "lead-1@example.com")
    }

    @Test("A lead moves between statuses as the process allows")
    func transitions() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var lead = try await tenant.create(.ada)
        for status in [LeadStatus.contacted, .qualified, .meetingBooked, .qualified, .converted, .optedOut, .optedOut] {
            lead.status = status
            lead = try await tenant.update(lead, ["status"])
            #expect(lead.status == status)
        }
        lead.status = .contacted
        let error = await refusal { try await tenant.update(lead, ["status"]) }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.reason == "LEAD_ILLEGAL_TRANSITION")
        #expect(error?.detail(ErrorInfo.self)?.metadata == ["from": "opted_out", "to": "contacted"])
    }

    @Test("A deleted lead is gone for callers, its row stays, and its address is free")
    func delete() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let lead = try await tenant.create(.ada)
        try await tenant.delete(lead.id, etag: lead.etag)
        #expect(await refusal { try await tenant.get(lead.id) }?.code == .notFound)
        #expect(await refusal { try await tenant.update(lead, ["notes"]) }?.code == .notFound)
        #expect(await refusal { try await tenant.delete(lead.id, etag: "*") }?.code == .notFound)
        #expect(try await tenant.list().leads == [])
        #expect(try await tenant.batchGet([lead.id]).missingIDs == [lead.id])
        #expect(try await tenant.export() == [])
        let kept = try await tenant.count("SELECT count(*) FROM lead WHERE tenant_id = current_tenant() AND deleted_at IS NOT NULL")
        #expect(kept == 1)
        #expect(try await tenant.create(.ada).id != lead.id)
    }

    @Test("A deletion needs an etag and an id")
    func deleteViolations() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let error = await refusal { try await tenant.delete("42", etag: "") }
        #expect(error?.violatedFields == ["id", "etag"])
    }
}
