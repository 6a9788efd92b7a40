import Testing

@testable import LeadServer

@Suite("Single values of a lead")
struct TextRuleTests {
    @Test("A required text is more than spaces", arguments: [("", false), ("   ", false), ("\u{3000}", false), ("Zoë", true)])
    func blank(text: String, isRight: Bool) {
        #expect((Text.flaw(in: text, required: true) == nil) == isRight)
        #expect(Text.flaw(in: text) == nil)
    }

    @Test(
        "R19: control characters are refused, line breaks only outside of notes",
        arguments: [
            ("a\u{0}b", false, false), ("a\u{1B}[31m", false, false), ("a\u{7F}", false, false), ("a\u{80}b", false, false),
            ("a\u{9F}b", false, false), ("a\u{A0}b", true, true), ("à", true, true), ("a\nb", false, true), ("a\tb", false, true),
            ("a\rb", false, true), ("DROP TABLE lead; --'", true, true), ("\u{202E}", true, true),
        ])
    func controlCharacters(text: String, inOneLine: Bool, inSeveral: Bool) {
        #expect((Text.flaw(in: text) == nil) == inOneLine)
        #expect((Text.flaw(in: text, layout: .multiLine) == nil) == inSeveral)
    }

    private static let emails: [String] = [
        "ada@example.com", "Ada.Lovelace+news@Mail.Example.co.uk", "o'brien@example.com", "a@b.co", "a@xn--mnchen-3ya.de", "a@1a.com",
        String(repeating: "l", count: 64) + "@example.com", "a@" + String(repeating: "d", count: 63) + ".com", emailOf(bytes: 254),
    ]

    private static let notEmails: [String] = [
        String(repeating: "l", count: 65) + "@example.com", "a@" + String(repeating: "d", count: 64) + ".com", emailOf(bytes: 255), "",
        "ada", "@example.com", "ada@", "ada@example", "ada@@example.com", ".ada@example.com", "ada.@example.com", "a..b@example.com",
        "a b@example.com", "\"a b\"@example.com", "ada@[127.0.0.1]", "ada@127.0.0.1", "ada@-example.com", "ada@example-.com",
        "ada@exa_mple.com", "ada@example..com", "ada@example.com.", "ada@münchen.de", "àda@example.com", "ada@example.com\n",
        "<ada@example.com>",
    ]

    @Test("R6: an e-mail address is a dot-atom, an @ and a domain of two labels or more, in 254 bytes", arguments: emails)
    func email(text: String) {
        #expect(EmailAddress.flaw(in: text) == nil)
        #expect(EmailAddress(text) != nil)
    }

    @Test("R6: what is no such e-mail address is refused", arguments: notEmails)
    func notEmail(text: String) {
        #expect(EmailAddress.flaw(in: text) != nil)
        #expect(EmailAddress(text) == nil)
    }

    @Test("An e-mail address keeps its spelling and is compared in lower case")
    func emailNormalised() throws {
        let address = try #require(EmailAddress("Ada.LOVELACE@Example.COM"))
        #expect(address.display == "Ada.LOVELACE@Example.COM")
        #expect(address.normalised == "ada.lovelace@example.com")
    }

    @Test(
        "R6: a telephone number is E.164",
        arguments: [
            ("+442071838750", true), ("+1234567890", true), ("+123456789012345", true), ("+123456789", false),
            ("+1234567890123456", false), ("442071838750", false), ("+0442071838750", false), ("+44 207 183 8750", false),
            ("+44207183875a", false), ("++442071838750", false), ("+", false), ("+٤٤٢٠٧١٨٣٨٧٥٠", false),
        ])
    func phone(text: String, isRight: Bool) {
        #expect((PhoneNumber.flaw(in: text) == nil) == isRight)
    }

    private static let linkedInURLs: [String] = [
        "https://www.linkedin.com/in/ada", "https://linkedin.com/in/ada", "https://UK.LinkedIn.com/in/ada",
        "HTTPS://www.linkedin.com/in/ada?x=1#y", "https://www.linkedin.com",
        "https://www.linkedin.com/" + String(repeating: "a", count: 475),
    ]

    private static let otherURLs: [String] = [
        "http://www.linkedin.com/in/ada", "https://linkedin.com.evil.example/in/ada", "https://evil.example/linkedin.com",
        "https://evillinkedin.com/in/ada", "https://www.linkedin.com@evil.example/", "https://user:pw@www.linkedin.com/",
        "https://www.linkedin.com:8443/", "https://evil.example\\.linkedin.com/", "https://.linkedin.com/", "https://127.0.0.1/",
        "//www.linkedin.com/in/ada", "javascript:alert(1)//linkedin.com", "https://www.linkedin.com/in/a da",
        "https://www.linkedin.com/in/àda",
    ]

    @Test("R40: a LinkedIn address is https and on LinkedIn", arguments: linkedInURLs)
    func linkedIn(text: String) {
        #expect(LinkedInURL.flaw(in: text) == nil)
    }

    @Test("R40: an address that only pretends to be on LinkedIn is refused", arguments: otherURLs)
    func notLinkedIn(text: String) {
        #expect(LinkedInURL.flaw(in: text) != nil)
    }

    @Test(
        "A country is two upper-case letters that ISO 3166-1 has assigned",
        arguments: [("GB", true), ("IN", true), ("UK", false), ("gb", false), ("GBR", false), ("XX", false), ("\u{212A}E", false)])
    func country(text: String, isRight: Bool) {
        #expect((CountryCode.flaw(in: text) == nil) == isRight)
    }

    @Test(
        "An IP address is numeric, IPv4 or IPv6",
        arguments: [
            ("192.0.2.7", true), ("2001:db8::1", true), ("::ffff:192.0.2.7", true), ("192.0.2", false), ("192.0.2.256", false),
            ("192.0.2.7:80", false), ("fe80::1%eth0", false), ("localhost", false), ("192.0.2.7\u{0}", false),
        ])
    func ipAddress(text: String, isRight: Bool) {
        #expect((IPAddress.flaw(in: text) == nil) == isRight)
    }

    @Test("The system's time zones are known, links too, and nothing else")
    func timeZones() throws {
        let zones = try TimeZoneNames()
        for name in ["Asia/Kolkata", "Asia/Calcutta", "Europe/London", "UTC", "America/Argentina/Buenos_Aires"] {
            #expect(zones.flaw(in: name) == nil, "\(name)")
        }
        for name in ["Asia/Kolkatta", "asia/kolkata", "IST ", "../etc/passwd", "posix/UTC", "Asia/\u{212A}olkata", "+05:30"] {
            #expect(zones.flaw(in: name) != nil, "\(name)")
        }
        #expect(zones.count > 400)
    }

    @Test("A system without time zone data is told what to install")
    func noTimeZones() {
        let error = #expect(throws: TimeZoneDataMissing.self) { try TimeZoneNames(at: "/nowhere/tzdata.zi") }
        #expect(error?.description == "There is no time zone data at /nowhere/tzdata.zi. Install the tzdata package.")
    }
}

/// A legal address of exactly so many bytes.
private func emailOf(bytes count: Int) -> String {
    let label = String(repeating: "d", count: 61)
    let rest = "@\(label).\(label).\(label).com"
    return String(repeating: "l", count: count - rest.utf8.count) + rest
}
