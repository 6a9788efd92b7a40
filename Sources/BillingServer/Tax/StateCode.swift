/// A state or union territory by the two digits that GST gives it.
struct StateCode: Hashable, Sendable, CustomStringConvertible {
    let number: Int

    /// Nil unless the text is two digits, 01 to 38, 97 (other territory: the sea) or 99 (the centre's own registrations).
    init?(_ text: String) {
        guard text.utf8.count == 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else { return nil }
        self.init(number)
    }

    init?(_ number: Int) {
        guard (1...38).contains(number) || number == 97 || number == 99 else { return nil }
        self.number = number
    }

    /// The code in use today: Daman and Diu (25) became part of Dadra and Nagar Haveli (26) on 2020-01-26; their registrations live on.
    var today: StateCode { number == 25 ? StateCode(26) ?? self : self }

    /// A union territory without a legislature, where UTGST is levied in SGST's place (UTGST Act, 2017, section 1). Delhi, Puducherry,
    /// and Jammu and Kashmir have legislatures and levy SGST.
    var leviesUTGST: Bool { [4, 25, 26, 31, 35, 38, 97].contains(number) }

    var description: String { CivilDate.twoDigits(number) }
}
