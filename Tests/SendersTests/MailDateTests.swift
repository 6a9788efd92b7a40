import Testing

@testable import Senders

struct MailDateTests {
    @Test(
        "a date is written as RFC 5322 has it, leap days and ends of years included",
        arguments: [
            (0, "Thu, 1 Jan 1970 00:00:00 +0000"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 +0000"), (1_767_225_599, "Wed, 31 Dec 2025 23:59:59 +0000"),
            (4_107_542_400, "Mon, 1 Mar 2100 00:00:00 +0000"), (-5, "Thu, 1 Jan 1970 00:00:00 +0000"),
            (.max, "Fri, 31 Dec 9999 23:59:59 +0000"),
        ] as [(Int64, String)])
    func dates(seconds: Int64, text: String) {
        #expect(MailDate.text(seconds) == text)
    }
}
