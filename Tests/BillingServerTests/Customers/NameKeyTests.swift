import Testing

@testable import BillingServer

struct NameKeyTests {
    @Test(
        "names are compared in small letters, without titles, signs and double spaces",
        arguments: [
            ("Ramesh Kumar", "ramesh kumar"), ("  RAMESH   kumar ", "ramesh kumar"), ("Shri. Ramesh Kumar", "ramesh kumar"),
            ("M/s Gupta & Sons (Pvt.) Ltd.", "gupta sons pvt ltd"), ("Mr. Dr. O'Brien", "obrien"), ("O\u{2019}Brien", "obrien"),
            ("श्रीमती सुनीता देवी", "सुनीता देवी"), ("Shri", "shri"), ("M/s", "m s"), ("7-Eleven", "7 eleven"), ("!!!", ""), ("", ""),
            ("Ms Smart", "smart"), ("Shrikant", "shrikant"), ("a\tb\u{00A0}c", "a b c"),
        ])
    func keys(text: String, key: String) {
        #expect(NameKey.key(of: text) == key)
    }

    @Test("a key is what the column holds, however long the name and whatever small letters do to it")
    func length() {
        #expect(NameKey.key(of: String(repeating: "İ", count: 255)).unicodeScalars.count <= 255)
        #expect(NameKey.key(of: String(repeating: "x ", count: 127)).unicodeScalars.count <= 255)
    }

    @Test("what begins with a prefix lies below its end, by the code points that the column is ordered by")
    func prefix() {
        for name in ["ra", "ramesh", "ra\u{10FFFE}", "राम"] {
            let bytes = Array(name.utf8)
            for cut in ["ra", "र"] where name.hasPrefix(cut) {
                #expect(Array(cut.utf8).lexicographicallyPrecedes(bytes) || Array(cut.utf8) == bytes)
                #expect(bytes.lexicographicallyPrecedes(Array(NameKey.end(of: cut).utf8)))
            }
        }
        #expect(Array(NameKey.end(of: "ra").utf8).lexicographicallyPrecedes(Array("rb".utf8)))
    }
}
