import Crypto
import RPC
import TestSupport
import Testing

@testable import Platform

@Suite struct KeyRingTests {
    private static let place = SealedPlace(tenant: "acme", kind: "oauth.token", id: "7")

    private static func ring(_ change: (inout KeyRingText) throws -> Void = { _ in }) throws -> KeyRing {
        var text = try KeyRingText(firstKey: "2026-05")
        try change(&text)
        return KeyRing(text)
    }

    @Test("R4 · What was sealed opens where it stands, and two sealings of one value differ in every part")
    func opens() throws {
        let ring = try Self.ring()
        let value = Array("refresh-1//0gAbC".utf8)
        let (first, second) = (try ring.seal(value, as: Self.place), try ring.seal(value, as: Self.place))
        #expect(try ring.open(first, at: Self.place) == value)
        #expect(try ring.open(second, at: Self.place) == value)
        let (one, other) = (try #require(SealedValue(first)), try #require(SealedValue(second)))
        #expect(one.wrapNonce != other.wrapNonce)
        #expect(one.wrappedKey != other.wrappedKey)
        #expect(one.payload != other.payload)
        #expect(!first.contains(value))
        #expect(try ring.open(ring.seal([], as: Self.place), at: Self.place) == [])
    }

    @Test("R4 · A flipped bit anywhere fails as DATA_LOSS AEAD_FAILED, and the peer is not told why")
    func flips() throws {
        let ring = try Self.ring()
        let sealed = try ring.seal(Array("token".utf8), as: Self.place)
        for bit in 0..<(sealed.count * 8) {
            var broken = sealed
            broken[bit / 8] ^= 1 << (bit % 8)
            let error = try #require(throws: SecretError.self) { try ring.open(broken, at: Self.place) }
            #expect(error.rpcError.code == .dataLoss)
            #expect(error.rpcError.reason == "AEAD_FAILED")
            #expect(error.rpcError.message == "A secret that is needed here cannot be opened.")
        }
        for count in 0..<sealed.count {
            #expect(throws: SecretError.self) { try ring.open(Array(sealed.prefix(count)), at: Self.place) }
        }
        #expect(throws: SecretError.self) { try ring.open(sealed + [0], at: Self.place) }
    }

    @Test(
        "R4 · A value that was moved to another row, column or tenant fails, wherever the border between them is drawn",
        arguments: [
            SealedPlace(tenant: "acme", kind: "oauth.token", id: "8"), SealedPlace(tenant: "acme", kind: "oauth.refresh", id: "7"),
            SealedPlace(tenant: "emca", kind: "oauth.token", id: "7"), SealedPlace(tenant: "acmeo", kind: "auth.token", id: "7"),
            SealedPlace(tenant: "acme", kind: "oauth.token7", id: ""), SealedPlace(tenant: "", kind: "acmeoauth.token", id: "7"),
        ])
    func moved(place: SealedPlace) throws {
        let ring = try Self.ring()
        let sealed = try ring.seal(Array("token".utf8), as: Self.place)
        #expect(throws: SecretError.cannotOpen(place, keyID: "2026-05")) { try ring.open(sealed, at: place) }
        #expect(throws: SecretError.cannotOpen(place, keyID: "2026-05")) { try ring.rewrap(sealed, at: place) }
    }

    @Test("R4 · A new primary key wraps the data key again and leaves the value as it is; then the old key can go")
    func rewraps() throws {
        var text = try KeyRingText(firstKey: "2026-05")
        let ring = KeyRing(text)
        let sealed = try ring.seal(Array("token".utf8), as: Self.place)
        #expect(try ring.rewrap(sealed, at: Self.place) == nil)

        try text.add("2026-11")
        ring.replace(with: text)
        #expect(try ring.rewrap(sealed, at: Self.place) == nil, "it only opens as yet")
        try text.makePrimary("2026-11")
        ring.replace(with: text)
        let wrapped = try #require(try ring.rewrap(sealed, at: Self.place))
        #expect(SealedValue(wrapped)?.keyID == "2026-11")
        #expect(SealedValue(wrapped)?.payload == SealedValue(sealed)?.payload)
        #expect(try ring.open(sealed, at: Self.place) == ring.open(wrapped, at: Self.place))

        try text.retire("2026-05")
        ring.replace(with: text)
        #expect(try ring.open(wrapped, at: Self.place) == Array("token".utf8))
        #expect(throws: SecretError.cannotOpen(Self.place, keyID: "2026-05")) { try ring.open(sealed, at: Self.place) }
    }

    @Test("A ring without keys seals nothing and says what to do; what is too long is no secret")
    func empty() throws {
        #expect(throws: SecretError.noPrimaryKey) { try KeyRing().seal([1], as: Self.place) }
        let bytes = [UInt8](repeating: 1, count: (1 << 20) + 1)
        #expect(throws: SecretError.tooLong(bytes: bytes.count)) { try Self.ring().seal(bytes, as: Self.place) }
    }

    @Test("A ring is the same after it was written and read")
    func text() throws {
        var text = try KeyRingText(firstKey: "a")
        for id in ["b", "c"] { try text.add(id) }
        try text.makePrimary("b")
        try text.retire("a")
        let read = try KeyRingText(parsing: text.text)
        #expect(read.keys.map(\.id) == ["a", "b", "c"])
        #expect(read.keys.map(\.use) == [.retired, .primary, .opening])
        let sealed = try KeyRing(text).seal([7], as: Self.place)
        #expect(try KeyRing(read).open(sealed, at: Self.place) == [7])
    }

    @Test("Names are used once, for ever; the primary key stays, and a retired one does not come back")
    func changes() throws {
        var text = try KeyRingText(firstKey: "a")
        try text.add("b")
        #expect(throws: SecretError.self) { try text.add("b") }
        #expect(throws: SecretError.self) { try text.add("Not a label") }
        #expect(throws: SecretError.keyRing("The key \"a\" is primary: make another one primary first.")) { try text.retire("a") }
        try text.retire("b")
        #expect(throws: SecretError.keyRing("The key \"b\" is retired: its bytes are gone.")) { try text.makePrimary("b") }
        #expect(throws: SecretError.keyRing("The ring has, or had, a key \"b\": choose another id.")) { try text.add("b") }
        #expect(throws: SecretError.keyRing("The ring has no key \"c\".")) { try text.retire("c") }
    }

    @Test(
        "A ring that does not hold together is refused, and what stands in it is not said",
        arguments: [
            "", "a opening \(key)", "a primary \(key)\nb primary \(key)", "a primary \(key)\na opening \(key)", "a primary",
            "a primary \(key.dropLast(4))", "a primary \(key) more", "a retired \(key)", "A primary \(key)", "a secondary \(key)",
            "a primary not-base64",
        ])
    func malformed(text: String) throws {
        let error = try #require(throws: SecretError.self) { try KeyRingText(parsing: text) }
        #expect(!"\(error)".contains(Self.key.prefix(12)))
    }

    private static let key = Base64.encode([UInt8](repeating: 7, count: 32), padded: true)
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: part) }
    }
}
