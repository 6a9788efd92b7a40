import Crypto
import Testing

@Suite("AES-256-GCM")
struct AESGCMTests {
    struct Example: Sendable {
        var key: String
        var nonce: String
        var plaintext = ""
        var context = ""
        var ciphertext = ""
        var tag: String
    }

    private static let zeros = String(repeating: "00", count: 32)
    private static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    private static let text =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    private static let sealed =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"

    @Test(
        "gives the ciphertexts and tags of the algorithm's own test cases 13 to 16 (McGrew and Viega, as submitted to NIST)",
        arguments: [
            Example(key: zeros, nonce: String(repeating: "00", count: 12), tag: "530f8afbc74536b9a963b4f1c4cb738b"),
            Example(
                key: zeros, nonce: String(repeating: "00", count: 12), plaintext: String(repeating: "00", count: 16),
                ciphertext: "cea7403d4d606b6e074ec5d3baf39d18", tag: "d0d1c8a799996bf0265b98b5d48ab919"),
            Example(
                key: key, nonce: "cafebabefacedbaddecaf888", plaintext: text + "1aafd255", ciphertext: sealed + "898015ad",
                tag: "b094dac5d93471bdec1a502270e3cc6c"),
            Example(
                key: key, nonce: "cafebabefacedbaddecaf888", plaintext: text, context: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                ciphertext: sealed, tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
        ])
    func vectors(example: Example) throws {
        let box = try AESGCM(key: hex(example.key))
        let sealed = try box.seal(hex(example.plaintext), nonce: hex(example.nonce), context: hex(example.context))
        #expect(sealed == hex(example.ciphertext + example.tag))
        #expect(try box.open(sealed, nonce: hex(example.nonce), context: hex(example.context)) == hex(example.plaintext))
    }

    @Test("any flipped bit of ciphertext, tag, nonce, context or key fails, and so does what is too short to hold a tag")
    func flips() throws {
        let (key, nonce, context) = (SecureRandom.bytes(32), SecureRandom.bytes(12), Array("context".utf8))
        let box = try AESGCM(key: key)
        let sealed = try box.seal(Array("secret".utf8), nonce: nonce, context: context)
        for bit in 0..<(sealed.count * 8) {
            #expect(throws: CryptoError.authenticationFailed) { try box.open(flipped(sealed, bit), nonce: nonce, context: context) }
        }
        for bit in 0..<(nonce.count * 8) {
            #expect(throws: CryptoError.authenticationFailed) { try box.open(sealed, nonce: flipped(nonce, bit), context: context) }
        }
        for bit in 0..<(context.count * 8) {
            #expect(throws: CryptoError.authenticationFailed) { try box.open(sealed, nonce: nonce, context: flipped(context, bit)) }
        }
        for bit in 0..<(key.count * 8) {
            let other = try AESGCM(key: flipped(key, bit))
            #expect(throws: CryptoError.authenticationFailed) { try other.open(sealed, nonce: nonce, context: context) }
        }
        for count in 0..<AESGCM.tagByteCount {
            #expect(throws: CryptoError.authenticationFailed) { try box.open(Array(sealed.prefix(count)), nonce: nonce, context: context) }
        }
    }

    @Test("a key or a nonce of another length is refused", arguments: [0, 11, 16, 31, 33])
    func lengths(count: Int) throws {
        #expect(throws: CryptoError.malformedKey("it has \(count) bytes, not 32")) { try AESGCM(key: SecureRandom.bytes(count)) }
        let box = try AESGCM(key: SecureRandom.bytes(32))
        #expect(throws: CryptoError.malformedKey("the nonce has \(count) bytes, not 12")) {
            try box.seal([], nonce: SecureRandom.bytes(count), context: [])
        }
    }

    private func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
        var bytes = bytes
        bytes[bit / 8] ^= 1 << (bit % 8)
        return bytes
    }
}
