import Testing

@testable import BillingServer

@Suite("Registrations, states and HSN codes")
struct GSTINTests {
    @Test("A registration whose check character fits is read", arguments: ["27AAPFU0939F1ZV", "29AAGCB7383J1Z4", "24AAACC1206D1ZM"])
    func right(text: String) throws {
        let gstin = try GSTIN(text)
        #expect(gstin.description == text)
        #expect(gstin.state.description == text.prefix(2))
        #expect(gstin.pan == text.dropFirst(2).prefix(10))
    }

    @Test("A check character that does not fit is told from other faults")
    func checksum() {
        #expect(throws: BillingError.gstinChecksum) { try GSTIN("07AAACR5055K1Z6") }
        #expect(throws: Never.self) { try GSTIN("07AAACR5055K1Z9") }
    }

    @Test("Any one changed character is found, and two that change places")
    func singleErrors() {
        let right = Array("27AAPFU0939F1ZV")
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for position in right.indices {
            for character in alphabet where character != right[position] {
                var wrong = right
                wrong[position] = character
                #expect(throws: BillingError.self, "\(String(wrong))") { try GSTIN(String(wrong)) }
            }
        }
        var swapped = right
        swapped.swapAt(7, 8)
        #expect(throws: BillingError.gstinChecksum) { try GSTIN(String(swapped)) }
    }

    @Test(
        "What has another form is malformed",
        arguments: [
            "", "27AAPFU0939F1Z", "27AAPFU0939F1ZVV", "27aapfu0939f1zv", "00AAPFU0939F1ZV", "39AAPFU0939F1ZV", "27AAPFU0939F1YV",
            "27AAPF10939F1ZV", "27AAPFU0939F1Z ", "２7AAPFU0939F1ZV",
        ])
    func malformed(text: String) {
        #expect(throws: BillingError.gstinMalformed) { try GSTIN(text) }
    }

    @Test("States are 01 to 38, 97 and 99 in two digits; Daman is read as what it became part of")
    func states() {
        let right = (0...99).filter { StateCode(CivilDate.twoDigits($0)) != nil }
        #expect(right == Array(1...38) + [97, 99])
        for text in ["", "1", "001", "+1", "1 ", "٢٧"] { #expect(StateCode(text) == nil) }
        #expect(StateCode("25")?.today == StateCode("26"))
        let territories = (1...99).filter { StateCode($0)?.leviesUTGST == true }
        #expect(territories == [4, 25, 26, 31, 35, 38, 97])
    }

    @Test("HSN codes have 4, 6 or 8 digits; a rate's prefix may be a chapter")
    func hsn() throws {
        for text in ["0401", "330499", "84713010", "998314"] { #expect(try HSNCode(text).description == text) }
        for text in ["", "33", "12345", "1234567", "123456789", "33O4", "+304", "３３０４"] {
            #expect(throws: BillingError.hsnMalformed) { try HSNCode(text) }
        }
        #expect(try HSNCode(prefix: "04").description == "04")
        #expect(try HSNCode("040110").parent?.parent == HSNCode(prefix: "04"))
        #expect(try HSNCode(prefix: "04").parent == nil)
        #expect(try HSNCode("0401") != HSNCode("000401"))
    }
}
