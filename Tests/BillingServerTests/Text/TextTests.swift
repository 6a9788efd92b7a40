import Testing

@testable import BillingServer

@Suite("Amounts in print")
struct TextTests {
    @Test(
        "Digits are grouped by three, then by two",
        arguments: [
            (0, "0.00"), (5, "0.05"), (100, "1.00"), (99_999, "999.99"), (1_00_000, "1,000.00"), (1_23_456_78, "1,23,456.78"),
            (-12_34_567_89, "-12,34,567.89"), (10_00_00_000_00, "10,00,00,000.00"),
            (Int64.max, "92,23,37,20,36,85,47,758.07"),
        ] as [(Int64, String)])
    func grouped(minorUnits: Int64, text: String) {
        #expect(IndianNumber.text(Money(minorUnits: minorUnits, .inr)) == text)
    }

    @Test("Currencies have their own digits after the point")
    func otherCurrencies() throws {
        #expect(IndianNumber.text(Money(minorUnits: 1_234_567, try #require(Currency("JPY")))) == "12,34,567")
        #expect(IndianNumber.text(Money(minorUnits: 1_005, try #require(Currency("KWD")))) == "1.005")
        #expect(IndianNumber.text(Money(minorUnits: .min, .usd)) == "-92,23,37,20,36,85,47,758.08")
    }

    @Test(
        "Amounts are words in lakh and crore",
        arguments: [
            (0, "Rupees Zero Only"), (1_00, "Rupee One Only"), (5, "Paise Five Only"), (-1_50, "Minus Rupee One and Paise Fifty Only"),
            (12_34_567_89, "Rupees Twelve Lakh Thirty-Four Thousand Five Hundred Sixty-Seven and Paise Eighty-Nine Only"),
            (1_00_000_00, "Rupees One Lakh Only"), (1_00_00_000_00, "Rupees One Crore Only"),
            (1_000_19, "Rupees One Thousand and Paise Nineteen Only"),
            (21_01_00_040_00, "Rupees Twenty-One Crore One Lakh Forty Only"),
            (1_00_000_00_00_000_00, "Rupees One Lakh Crore Only"),
        ] as [(Int64, String)])
    func words(minorUnits: Int64, text: String) {
        #expect(AmountInWords.text(Money(minorUnits: minorUnits, .inr)) == text)
    }

    @Test("What moves a terminal's cursor or a printer's head is a space in print, and a line of a paragraph ends where it was to")
    func control() {
        var text = TextColumns(width: 20)
        text.centre("a\u{1B}[2Jb")
        text.line("a\rb")
        text.pair("a\u{0}b", "c\td")
        text.paragraph("one\r\ntwo\u{7}\u{2028}three")
        text.row(["a\nb", "c"], [.left(10), .left(10)])
        let control = text.lines.joined().unicodeScalars.filter { $0.properties.generalCategory == .control }
        #expect(control.isEmpty)
        #expect(text.lines.suffix(5) == ["a b              c d", "one", "two", "three", "a b       c"])
    }

    @Test("Other currencies stand by their code")
    func wordsOfOthers() throws {
        #expect(AmountInWords.text(Money(minorUnits: 12_05, .usd)) == "USD Twelve and 05/100 Only")
        #expect(AmountInWords.text(Money(minorUnits: 12, try #require(Currency("JPY")))) == "JPY Twelve Only")
        #expect(
            AmountInWords.text(Money(minorUnits: .min, .inr)).hasPrefix(
                "Minus Rupees Nine Hundred Twenty-Two Crore Thirty-Three Lakh Seventy-Two Thousand Thirty-Six Crore"))
    }
}
