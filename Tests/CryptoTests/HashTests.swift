import Crypto
import Testing

@Suite("Hashes, HMAC and comparison")
struct HashTests {
    @Test(
        "SHA-256 gives the digests of FIPS 180-4's examples",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ])
    func sha256(message: String, digest: String) {
        #expect(SHA256.digest(Array(message.utf8)) == hex(digest))
    }

    struct HMACCase: Sendable {
        let key: [UInt8]
        let message: [UInt8]
        let tag: String
    }

    @Test(
        "HMAC-SHA256 gives the tags of RFC 4231",
        arguments: [
            HMACCase(
                key: [UInt8](repeating: 0x0b, count: 20), message: Array("Hi There".utf8),
                tag: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            HMACCase(
                key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
                tag: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            HMACCase(
                key: [UInt8](repeating: 0xaa, count: 20), message: [UInt8](repeating: 0xdd, count: 50),
                tag: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            HMACCase(
                key: Array(0x01...0x19), message: [UInt8](repeating: 0xcd, count: 50),
                tag: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            HMACCase(
                key: [UInt8](repeating: 0xaa, count: 131), message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                tag: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            HMACCase(
                key: [UInt8](repeating: 0xaa, count: 131),
                message: Array(
                    "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
                        .utf8),
                tag: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
            HMACCase(key: [], message: [], tag: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ])
    func hmac(example: HMACCase) {
        let code = HMACSHA256(key: example.key)
        #expect(code.authenticate(example.message) == hex(example.tag))
        // The keyed state is copied, not used up.
        #expect(code.authenticate(example.message) == hex(example.tag))
    }

    @Test("A tag with one flipped bit, or one byte short, does not verify")
    func hmacRefuses() {
        let code = HMACSHA256(key: [1, 2, 3])
        let message: [UInt8] = [4, 5, 6]
        let tag = code.authenticate(message)
        #expect(code.verify(tag, of: message))
        #expect(!code.verify(tag.dropLast(), of: message))
        for index in tag.indices {
            var wrong = tag
            wrong[index] ^= 1
            #expect(!code.verify(wrong, of: message))
        }
    }

    @Test("Constant-time comparison is equality")
    func equality() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals([1, 2], [1, 2]))
        #expect(!constantTimeEquals([1, 2], [1, 3]))
        #expect(!constantTimeEquals([1, 2], [1, 2, 0]))
        #expect(!constantTimeEquals([], [0]))
    }

    @Test("Random bytes have the asked length, and no two draws are alike")
    func random() {
        for count in [0, 1, 16, 4_096] {
            #expect(SecureRandom.bytes(count).count == count)
        }
        #expect(SecureRandom.bytes(16) != SecureRandom.bytes(16))
        var source = SecureRandom()
        #expect(source.next() != source.next())
    }
}
