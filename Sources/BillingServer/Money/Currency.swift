/// A currency of ISO 4217.
struct Currency: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The code's three letters, one in a byte, so that an amount is two words and needs no memory of its own.
    private let letters: UInt32

    /// Nil unless `code` is three capital letters that ISO 4217 has for money (its funds and metals are not).
    init?(_ code: String) {
        guard code.utf8.count == 3 else { return nil }
        let letters = Self.packed(code.utf8)
        guard Self.digits[letters] != nil else { return nil }
        self.letters = letters
    }

    private init(known letters: UInt32) { self.letters = letters }

    static let inr = Currency(known: packed("INR".utf8))
    static let gbp = Currency(known: packed("GBP".utf8))
    static let usd = Currency(known: packed("USD".utf8))
    static let eur = Currency(known: packed("EUR".utf8))

    var code: String {
        String(decoding: [UInt8(letters >> 16 & 0xFF), UInt8(letters >> 8 & 0xFF), UInt8(letters & 0xFF)], as: UTF8.self)
    }

    /// How many decimal digits the smallest unit has: 2 for paise, 0 for yen, 3 for fils.
    var minorUnitDigits: Int { Self.digits[letters] ?? 2 }

    /// How many smallest units make one: 100 paise make a rupee.
    var minorUnitsPerUnit: Int64 {
        var units: Int64 = 1
        for _ in 0..<minorUnitDigits { units &*= 10 }
        return units
    }

    var description: String { code }

    static func < (left: Currency, right: Currency) -> Bool { left.letters < right.letters }

    private static func packed(_ code: some Sequence<UInt8>) -> UInt32 { code.reduce(0) { $0 << 8 | UInt32($1) } }

    private static let digits: [UInt32: Int] = {
        var digits: [UInt32: Int] = [:]
        for (count, codes) in table {
            for code in codes.split(separator: " ") { digits[packed(code.utf8)] = count }
        }
        return digits
    }()

    /// ISO 4217, list one, with the amendments up to number 179 (2025).
    private static let table: [(digits: Int, codes: String)] = [
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
        (
            2,
            """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK \
            DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT \
            LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN \
            QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS \
            VED VES WST XCD XCG YER ZAR ZMW ZWG
            """
        ),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
    ]
}
