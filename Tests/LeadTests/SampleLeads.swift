import LeadAPI
import Protobuf
import StandardTypes

extension Lead {
    /// The least that a lead has to have.
    static var ada: Lead {
        var lead = Lead()
        lead.firstName = "Ada"
        lead.lastName = "Lovelace"
        lead.email = "ada@example.com"
        return lead
    }

    /// Every field that a caller may set, none at its default.
    static var complete: Lead {
        var lead = Lead()
        lead.firstName = "Grace"
        lead.lastName = "Hopper-Murray"
        lead.email = "Grace@Navy.example.com"
        lead.phone = "+12025550123"
        lead.company = "Navy"
        lead.jobTitle = "Rear admiral; DROP TABLE lead"
        lead.linkedinURL = "https://www.linkedin.com/in/grace"
        lead.status = .qualified
        lead.score = 97
        lead.source = "fair"
        lead.notes = "Said:\n\t\"The most dangerous phrase …\" 🦊"
        lead.tags = ["compiler", "co'bol", "{x,y}", "NULL", "a\\b"]
        lead.customFields = ["plan": .text("gold"), "seats": .number(12.5), "vip": .flag(true)]
        lead.consent = {
            var consent = Consent()
            consent.email = true
            consent.sms = true
            consent.phone = true
            consent.givenAt = {
                var time = Timestamp()
                time.seconds = 1_700_000_000
                time.nanos = 123_456_000
                return time
            }()
            consent.source = "signup form"
            consent.ipAddress = "2001:db8::1"
            consent.lawfulBasis = .contract
            return consent
        }()
        lead.timezone = "Asia/Kolkata"
        lead.country = "IN"
        return lead
    }
}

extension CustomValue {
    static func text(_ text: String) -> CustomValue { holding(.text(text)) }
    static func number(_ number: Double) -> CustomValue { holding(.number(number)) }
    static func flag(_ flag: Bool) -> CustomValue { holding(.flag(flag)) }

    private static func holding(_ value: Value) -> CustomValue {
        var field = CustomValue()
        field.value = value
        return field
    }
}
