import LeadAPI
import Protobuf
import Resources
import Testing

@testable import LeadServer

@Suite("Field masks")
struct LeadMaskTests {
    private func mask(_ paths: [String]) -> (mask: LeadMask, fields: [String]) {
        var violations = Violations()
        let mask = LeadMask(paths, as: "update_mask", &violations)
        return (mask, violations.all.map(\.field))
    }

    @Test("Each writable field is taken by itself and no other one changes", arguments: LeadMask.Field.allCases)
    func eachField(field: LeadMask.Field) {
        var blank = Lead()
        blank.email = "other@example.com"
        let taken = mask([field.rawValue])
        #expect(taken.fields == [])
        let changed = taken.mask.applying(.complete, to: blank)
        #expect(changed != blank)
        // Taking the same field back from the lead it was taken into restores it: nothing else had changed.
        #expect(taken.mask.applying(blank, to: changed).normalisingConsent == blank.normalisingConsent)
        #expect(taken.mask.applying(changed, to: .complete) == .complete)
    }

    @Test("A star takes every field that a caller may set")
    func star() {
        var expected = Lead.complete
        expected.id = "kept"
        var current = Lead()
        current.id = "kept"
        #expect(mask(["*"]).mask.applying(.complete, to: current) == expected)
    }

    @Test("A custom field is set or removed by its key, the others stay")
    func customField() {
        var current = Lead()
        current.customFields = ["plan": .text("gold"), "seats": .number(3)]
        var new = Lead()
        new.customFields = ["seats": .number(4), "ignored": .flag(true)]
        let changed = mask(["custom_fields.plan", "custom_fields.seats"]).mask.applying(new, to: current)
        #expect(changed.customFields == ["seats": .number(4)])
    }

    @Test(
        "A path that names nothing writable is a violation",
        arguments: [
            "id", "etag", "created_at", "updated_at", "nickname", "firstName", "", "consent.", "custom_fields.A", "custom_fields.",
            "tags[0]",
        ])
    func wrongPath(path: String) {
        #expect(mask(["phone", path]).fields == ["update_mask.paths[1]"])
    }

    @Test("A mask is required and bounded")
    func bounds() {
        #expect(mask([]).fields == ["update_mask"])
        #expect(mask(Array(repeating: "phone", count: Limits.maskPaths)).fields == [])
        #expect(mask(Array(repeating: "phone", count: Limits.maskPaths + 1)).fields == ["update_mask"])
    }
}

extension Lead {
    /// An empty consent and none are the same thing.
    fileprivate var normalisingConsent: Lead {
        var lead = self
        if lead.consent == Consent() { lead.consent = nil }
        return lead
    }
}
