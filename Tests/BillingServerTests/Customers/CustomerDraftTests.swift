import BillingAPI
import Protobuf
import Resources
import Testing

@testable import BillingServer

struct CustomerDraftTests {
    /// What a draft is refused for: its fields, or the error that stands alone.
    private static func refusal(_ change: (inout BillingAPI.Customer) -> Void) -> (fields: [String], error: BillingError?) {
        var customer = BillingAPI.Customer()
        customer.name = "Asha"
        change(&customer)
        do throws(BillingError) {
            _ = try CustomerDraft(customer)
            return ([], nil)
        } catch {
            if case .invalid(let violations) = error { return (violations.map(\.field), error) }
            return ([], error)
        }
    }

    @Test("a GSTIN says kind, PAN and state, and what says otherwise is refused")
    func taxIdentity() throws {
        let draft = try CustomerDraft(.with { ($0.name, $0.gstin) = ("Asha", "29AAGCB7383J1Z4") })
        #expect((draft.kind, draft.pan, draft.state?.number) == (.registered, "AAGCB7383J", 29))
        let zone = try CustomerDraft(.with { ($0.name, $0.gstin, $0.kind) = ("Asha", "29AAGCB7383J1Z4", .specialEconomicZone) })
        #expect(zone.kind == .specialEconomicZone)
        let plain = try CustomerDraft(.with { ($0.name, $0.pan, $0.stateCode) = ("Asha", "AAGCB7383J", "27") })
        #expect((plain.kind, plain.pan, plain.state?.number) == (.unregistered, "AAGCB7383J", 27))

        #expect(Self.refusal { $0.gstin = "29AAGCB7383J1Z5" }.error == .gstinChecksum)
        #expect(Self.refusal { $0.gstin = "AAAAAAAAAAAAAAA" }.fields == ["customer.gstin"])
        #expect(Self.refusal { ($0.gstin, $0.pan) = ("29AAGCB7383J1Z4", "AAPFU0939F") }.fields == ["customer.pan"])
        #expect(Self.refusal { ($0.gstin, $0.stateCode) = ("29AAGCB7383J1Z4", "27") }.fields == ["customer.state_code"])
        #expect(Self.refusal { $0.stateCode = "40" }.fields == ["customer.state_code"])
        #expect(Self.refusal { $0.kind = .registered }.fields == ["customer.gstin"])
        #expect(Self.refusal { $0.kind = .specialEconomicZone }.fields == ["customer.gstin"])
        #expect(Self.refusal { ($0.kind, $0.gstin) = (.abroad, "29AAGCB7383J1Z4") }.fields == ["customer.gstin"])
        #expect(Self.refusal { ($0.kind, $0.gstin) = (.unregistered, "29AAGCB7383J1Z4") }.fields == ["customer.gstin"])
        #expect(Self.refusal { ($0.kind, $0.stateCode) = (.abroad, "27") }.fields == ["customer.state_code"])
    }

    @Test("every text that breaks a rule is named, and so is what is there twice")
    func texts() {
        let refused = Self.refusal {
            $0.name = " \u{00A0}"
            $0.landmark = "gate\u{7}"
            $0.address = "line\nline\u{0}"
            $0.phone = "123"
            $0.nicknames = ["a", "a", " "]
            $0.tags = ["x\n"]
        }
        #expect(
            refused.fields == [
                "customer.name", "customer.landmark", "customer.address", "customer.nicknames[1]", "customer.nicknames[2]",
                "customer.tags[0]", "customer.phone",
            ])
        #expect(Self.refusal { $0.address = "1 Market Road\n\tPune" }.error == nil)
    }

    @Test("a credit limit is zero or more, in rupees")
    func creditLimit() throws {
        func limit(_ code: String, _ amount: Int64) -> (fields: [String], error: BillingError?) {
            Self.refusal { $0.creditLimit = .with { ($0.currencyCode, $0.minorUnits) = (code, amount) } }
        }
        #expect(limit("INR", -1).fields == ["customer.credit_limit.minor_units"])
        #expect(limit("INR", Limits.amount + 1).fields == ["customer.credit_limit.minor_units"])
        #expect(limit("XXX", 1).fields == ["customer.credit_limit.currency_code"])
        #expect(limit("USD", 1).error == .currencyMismatch(expected: .inr, found: .usd))
        #expect(limit("INR", 0).error == nil)
        #expect(try CustomerDraft(.with { $0.name = "Asha" }).creditLimit == nil)
    }

    @Test("an update changes what it names; what follows from a GSTIN follows from the new one")
    func mask() throws {
        func changed(_ paths: [String], _ current: BillingAPI.Customer, _ new: BillingAPI.Customer) throws -> BillingAPI.Customer {
            var violations = Violations()
            let mask = CustomerMask(paths, &violations)
            #expect(violations.isEmpty)
            return mask.applying(new, to: current)
        }
        let current = BillingAPI.Customer.with {
            ($0.id, $0.name, $0.phone, $0.kind, $0.gstin, $0.pan, $0.stateCode) =
                ("1", "Asha", "+919876543210", .registered, "29AAGCB7383J1Z4", "AAGCB7383J", "29")
            $0.tags = ["old"]
        }
        let renamed = try changed(["name"], current, .with { $0.name = "Usha" })
        #expect((renamed.name, renamed.phone, renamed.gstin, renamed.tags) == ("Usha", current.phone, current.gstin, ["old"]))
        let moved = try CustomerDraft(changed(["gstin"], current, .with { $0.gstin = "27AAPFU0939F1ZV" }))
        #expect((moved.kind, moved.pan, moved.state?.number) == (.registered, "AAPFU0939F", 27))
        let deregistered = try CustomerDraft(changed(["gstin"], current, BillingAPI.Customer()))
        #expect((deregistered.kind, deregistered.pan, deregistered.state?.number) == (.unregistered, "AAGCB7383J", 29))
        var zone = current
        zone.kind = .specialEconomicZone
        #expect(try CustomerDraft(changed(["gstin"], zone, .with { $0.gstin = "27AAPFU0939F1ZV" })).kind == .specialEconomicZone)
        let all = try changed(["*"], current, .with { $0.name = "Usha" })
        #expect((all.id, all.name, all.phone, all.tags) == ("1", "Usha", "", []))
    }

    @Test(
        "a mask names fields that a caller may set",
        arguments: [
            ([], ["update_mask"]), (["id"], ["update_mask.paths[0]"]), (["name", "merged_into"], ["update_mask.paths[1]"]),
            (["names"], ["update_mask.paths[0]"]), (Array(repeating: "name", count: 33), ["update_mask"]),
        ] as [([String], [String])])
    func badMask(paths: [String], fields: [String]) {
        var violations = Violations()
        _ = CustomerMask(paths, &violations)
        #expect(violations.all.map(\.field) == fields)
    }
}
