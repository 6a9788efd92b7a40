import Testing

@testable import BillingServer

struct TelephoneNumberTests {
    @Test(
        "what people write becomes one number in E.164, ten digits an Indian one",
        arguments: [
            ("9876543210", "+919876543210"), ("98765 43210", "+919876543210"), ("098765-43210", "+919876543210"),
            ("+91 98765 43210", "+919876543210"), ("91 98765 43210", "+919876543210"), ("0091-98765.43210", "+919876543210"),
            ("(022) 6665-4321", "+912266654321"), ("+44 20 7183 8750", "+442071838750"), ("0044 (20) 71838750", "+442071838750"),
            ("+12345678", "+12345678"), ("+123456789012345", "+123456789012345"),
        ])
    func normalised(text: String, number: String) throws {
        #expect(try TelephoneNumber(text).description == number)
    }

    @Test(
        "what is no number is none",
        arguments: [
            "", "+", "98765", "987654321", "98765432101", "+0123456789", "0000000000", "+1234567", "+1234567890123456", "++919876543210",
            "98765+43210", "98765O3210", "९८७६५४३२१०", "9876543210 ext 4", "9876543210\n", "00", "009", String(repeating: "9", count: 32),
        ])
    func refused(text: String) {
        #expect(throws: BillingError.phoneMalformed) { try TelephoneNumber(text) }
    }
}
