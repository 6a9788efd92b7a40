import Crypto
import TestSupport
import Testing

@Suite("Base64")
struct Base64Tests {
    @Test(
        "RFC 4648's examples, both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ])
    func examples(plain: String, padded: String) {
        let bytes = Array(plain.utf8)
        let bare = padded.filter { $0 != "=" }
        #expect(Base64.encode(bytes, padded: true) == padded)
        #expect(Base64.encode(bytes) == bare)
        #expect(Base64URL.encode(bytes) == bare)
        #expect(Base64.decode(padded) == bytes)
        #expect(Base64.decode(bare) == bytes)
        #expect(Base64.decode(padded, padding: .required) == bytes)
        #expect(Base64.decode(bare, padding: .none) == bytes)
        #expect(Base64URL.decode(bare) == bytes)
    }

    @Test("The two alphabets differ in the last two characters, and neither reads the other's")
    func alphabets() {
        let bytes: [UInt8] = [0xFB, 0xEF, 0xFF]
        #expect(Base64.encode(bytes) == "++//")
        #expect(Base64URL.encode(bytes) == "--__")
        #expect(Base64.decode("--__") == nil)
        #expect(Base64URL.decode("++//") == nil)
    }

    @Test(
        "Text that is not exactly one value's encoding is refused",
        arguments: [
            "A", "AAAAA", "A===", "====", "=", "==", "AA=", "AAA==", "AAAA=", "AAAA==", "AA==AAAA", "A=AA", "AAA\n", " AAAA", "AA\u{0}A",
            "AAAé",
            "AB", "AAB", "AB==", "Zm9vYg=", "AAA*", "{AAA", "AAAA\r\n",
        ])
    func refused(text: String) {
        #expect(Base64.decode(text) == nil)
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("Padding is refused or demanded as the caller says")
    func padding() {
        #expect(Base64.decode("Zg==", padding: .none) == nil)
        #expect(Base64.decode("Zg", padding: .required) == nil)
        #expect(Base64URL.decode("Zg==") == nil)
    }

    @Test("Every byte that is no character of the alphabet is foreign", arguments: [0, 1, 2, 3])
    func foreignBytes(position: Int) {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for byte in UInt8.min ... .max {
            var text = Array("AAAAAAAA".utf8)
            text[position] = byte
            #expect((Base64.decode(text) != nil) == alphabet.contains(byte), "byte \(byte)")
        }
    }

    @Test("What was encoded decodes to itself, for every length up to 200")
    func roundTrip() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for count in 0...200 {
            let bytes = random.bytes(count)
            #expect(Base64.decode(Base64.encode(bytes)) == bytes, "seed \(seed), \(count) bytes")
            #expect(Base64.decode(Base64.encode(bytes, padded: true), padding: .required) == bytes, "seed \(seed), \(count) bytes")
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes, "seed \(seed), \(count) bytes")
        }
    }
}
