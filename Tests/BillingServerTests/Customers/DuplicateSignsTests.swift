import BillingAPI
import Testing

@testable import BillingServer

struct DuplicateSignsTests {
    private static let asha = CustomerTraits(
        nameKey: "asha devi", landmarkKey: "behind the temple", phone: "+919876543210", gstin: "27AAPFU0939F1ZV", pan: "AAPFU0939F")

    private static func traits(
        _ name: String = "", _ landmark: String = "", phone: String = "", gstin: String = "", pan: String = ""
    ) -> CustomerTraits {
        CustomerTraits(nameKey: name, landmarkKey: landmark, phone: phone, gstin: gstin, pan: pan)
    }

    @Test(
        "what two share speaks for it, the strongest first, and what neither has does not",
        arguments: [
            (asha, [.gstin, .nameAndLandmark, .phone], 10_000),
            (traits(gstin: "27AAPFU0939F1ZV", pan: "AAPFU0939F"), [.gstin], 9_000),
            (traits(gstin: "29AAPFU0939F1ZR", pan: "AAPFU0939F"), [.pan], 5_000),
            (traits("asha devi", "behind the temple"), [.nameAndLandmark], 7_000),
            (traits("asha devi", "at the gate"), [.name], 3_000),
            (traits("asha devi"), [.name], 3_000),
            (traits("usha", "behind the temple"), [], 0),
            (traits(phone: "+449876543210"), [.phone], 6_000),
            (traits(phone: "+917776543210"), [.phoneTail], 2_500),
            (traits(phone: "+919876543211"), [], 0),
            (traits("asha devi", phone: "+919876543210", pan: "AAPFU0939F"), [.phone, .pan, .name], 10_000),
            (traits(), [], 0),
        ] as [(CustomerTraits, [DuplicateSign], Int32)])
    func signs(other: CustomerTraits, kinds: [DuplicateSign], score: Int32) {
        for signs in [DuplicateSigns(Self.asha, other), DuplicateSigns(other, Self.asha)] {
            #expect(signs.signs.map(\.kind) == kinds)
            #expect(signs.score == score)
        }
    }

    @Test("two who have nothing share nothing")
    func empty() {
        #expect(DuplicateSigns(Self.traits(), Self.traits()).signs.isEmpty)
    }
}
