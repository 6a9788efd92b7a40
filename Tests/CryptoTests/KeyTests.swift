import Crypto
import Testing

@Suite("Keys and signatures")
struct KeyTests {
    struct Ed25519Case: Sendable {
        let seed: String
        let publicKey: String
        let message: String
        let signature: String
    }

    @Test(
        "Ed25519 gives the signatures of RFC 8032 section 7.1",
        arguments: [
            Ed25519Case(
                seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
                signature:
                    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
            Ed25519Case(
                seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
                signature:
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
            Ed25519Case(
                seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
                signature:
                    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
            ),
        ])
    func ed25519(example: Ed25519Case) throws {
        let key = try Ed25519PrivateKey(seed: hex(example.seed))
        let message = hex(example.message)
        #expect(key.publicKey.bytes == hex(example.publicKey))
        #expect(try key.sign(message) == hex(example.signature))
        let publicKey = try Ed25519PublicKey(bytes: hex(example.publicKey))
        #expect(publicKey.verify(hex(example.signature), of: message))
        #expect(!publicKey.verify(hex(example.signature), of: message + [0]))
    }

    @Test("ES256 accepts the signature of RFC 7515 appendix A.3")
    func es256() throws {
        let x = try #require(Base64URL.decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"))
        let y = try #require(Base64URL.decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        let spki = hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004") + x + y
        let pem = "-----BEGIN PUBLIC KEY-----\n\(Base64.encode(spki, padded: true))\n-----END PUBLIC KEY-----\n"
        let key = try PublicKey(pem: Array(pem.utf8))
        #expect(key.jwsAlgorithm == "ES256")
        let message =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let signature = try #require(
            Base64URL.decode("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"))
        #expect(key.verify(signature, of: Array(message.utf8)))
        #expect(!key.verify(signature, of: Array(message.utf8.dropLast())))
    }

    @Test("Signatures of both kinds verify through PEM and back, and no altered one does")
    func signatures() throws {
        let message = Array("a message".utf8)
        let ed25519 = try Ed25519PrivateKey(pem: Ed25519PrivateKey().pem())
        let p256 = try P256PrivateKey(pem: P256PrivateKey().pem())
        let cases: [(PublicKey, [UInt8])] = [
            (try PublicKey(pem: Array(ed25519.publicKey.pem().utf8)), try ed25519.sign(message)),
            (try PublicKey(pem: Array(p256.publicKey.pem().utf8)), try p256.sign(message)),
        ]
        for (key, signature) in cases {
            #expect(signature.count == 64)
            #expect(key.verify(signature, of: message))
            #expect(!key.verify(signature, of: []))
            #expect(!key.verify(signature + [0], of: message))
            #expect(!key.verify(signature.dropLast(), of: message))
            #expect(!key.verify([], of: message))
            #expect(!key.verify([UInt8](repeating: 0, count: 64), of: message))
            #expect(!key.verify([UInt8](repeating: 0xFF, count: 64), of: message))
            for index in signature.indices {
                var wrong = signature
                wrong[index] ^= 0x80
                #expect(!key.verify(wrong, of: message))
            }
        }
    }

    @Test("P-256 signatures verify whatever the leading bytes of r and s are")
    func rawSignatures() throws {
        // One in 256 has a leading zero byte, which the DER form drops and the raw form keeps.
        let key = P256PrivateKey()
        for number in 0..<600 {
            let message = Array("message \(number)".utf8)
            #expect(key.publicKey.verify(try key.sign(message), of: message))
        }
    }

    @Test("One key may sign and verify on several threads at once")
    func threads() async throws {
        let key = Ed25519PrivateKey()
        let code = HMACSHA256(key: [1])
        let expected = code.authenticate([2])
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<200).allSatisfy { round in
                        let message = Array("\(task) \(round)".utf8)
                        guard let signature = try? key.sign(message) else { return false }
                        return key.publicKey.verify(signature, of: message) && code.authenticate([2]) == expected
                    }
                }
            }
            for await isRight in group {
                #expect(isRight)
            }
        }
    }

    @Test("A key of another kind is refused, and the error names both kinds")
    func wrongKind() throws {
        let ed25519 = try Ed25519PrivateKey().pem()
        let p256 = try P256PrivateKey().pem()
        #expect(throws: CryptoError.wrongKeyType(expected: "Ed25519", found: "EC on curve prime256v1")) {
            try Ed25519PrivateKey(pem: p256)
        }
        #expect(throws: CryptoError.wrongKeyType(expected: "ECDSA P-256", found: "ED25519")) { try P256PrivateKey(pem: ed25519) }
        let rsa = try OpenSSLProgram.run(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        #expect(throws: CryptoError.wrongKeyType(expected: "ECDSA P-256", found: "RSA")) { try P256PrivateKey(pem: rsa) }
        let p384 = try OpenSSLProgram.run(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"])
        #expect(throws: CryptoError.wrongKeyType(expected: "ECDSA P-256", found: "EC on curve secp384r1")) { try P256PrivateKey(pem: p384) }
    }

    @Test(
        "Text without the right PEM block is refused",
        arguments: ["", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
    func malformed(text: String) {
        for read in [{ _ = try Ed25519PrivateKey(pem: text) }, { _ = try P256PrivateKey(pem: text) }] {
            let error = #expect(throws: CryptoError.self) { try read() }
            guard case .malformedPEM(expected: "PRIVATE KEY", _) = error else {
                Issue.record("not malformedPEM: \(String(describing: error))")
                continue
            }
        }
        #expect(throws: CryptoError.self) { try PublicKey(pem: Array(text.utf8)) }
    }

    @Test("A private key is not read where a public one belongs")
    func privateForPublic() throws {
        let pem = try Ed25519PrivateKey().pem()
        #expect(throws: CryptoError.self) { try Ed25519PublicKey(pem: pem) }
    }

    @Test("An encrypted key is refused, without asking anybody for its password")
    func encrypted() throws {
        let pem = try OpenSSLProgram.run(["genpkey", "-algorithm", "ED25519", "-aes256", "-pass", "pass:secret"])
        #expect(pem.contains("ENCRYPTED"))
        #expect(throws: CryptoError.encryptedKey) { try Ed25519PrivateKey(pem: pem) }
    }

    @Test("A seed or a public key of the wrong length is refused", arguments: [0, 31, 33])
    func wrongLength(count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        #expect(throws: CryptoError.self) { try Ed25519PrivateKey(seed: bytes) }
        #expect(throws: CryptoError.self) { try Ed25519PublicKey(bytes: bytes) }
    }

    @Test("The openssl program reads our keys, and verifies our signatures")
    func opensslAgrees() throws {
        let folder = try TemporaryFolder()
        let key = Ed25519PrivateKey()
        let message = Array("signed here, verified there".utf8)
        let publicKey = try folder.write(key.publicKey.pem(), to: "key.pub")
        let privateKey = try folder.write(key.pem(), to: "key.pem")
        let text = try folder.write(message, to: "message")
        let signature = try folder.write(key.sign(message), to: "signature")
        try OpenSSLProgram.run(
            ["pkeyutl", "-verify", "-pubin", "-inkey", publicKey, "-rawin", "-in", text, "-sigfile", signature])
        #expect(try OpenSSLProgram.run(["pkey", "-in", privateKey, "-pubout"]) == key.publicKey.pem())
    }
}
