import Crypto
import TLS
import TestSupport
import Testing

@Suite("Bytes that are no good TLS")
struct HostileBytesTests {
    let pki = TestPKI.shared

    /// What `openssl s_client -tls1_2 -alpn h2` sends first.
    static let tls12Hello: [UInt8] = [
        0x16, 0x03, 0x01, 0x00, 0x70, 0x01, 0x00, 0x00, 0x6c, 0x03, 0x03, 0x0b, 0x31, 0xd4, 0x4e, 0xd0, 0x80, 0xb0, 0x94, 0x87, 0x4c, 0x69,
        0xbd, 0xfc, 0x50, 0x52, 0x22, 0x2d, 0xe5, 0x21, 0x6b, 0x24, 0xc6, 0x87, 0x50, 0xa8, 0x9b, 0xfd, 0x87, 0x2f, 0xcb, 0x57, 0x7c, 0x00,
        0x00, 0x04, 0xc0, 0x2b, 0x00, 0xff, 0x01, 0x00, 0x00, 0x3f, 0x00, 0x00, 0x00, 0x0e, 0x00, 0x0c, 0x00, 0x00, 0x09, 0x6c, 0x6f, 0x63,
        0x61, 0x6c, 0x68, 0x6f, 0x73, 0x74, 0x00, 0x0b, 0x00, 0x04, 0x03, 0x00, 0x01, 0x02, 0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17,
        0x00, 0x23, 0x00, 0x00, 0x00, 0x10, 0x00, 0x05, 0x00, 0x03, 0x02, 0x68, 0x32, 0x00, 0x16, 0x00, 0x00, 0x00, 0x17, 0x00, 0x00, 0x00,
        0x0d, 0x00, 0x04, 0x00, 0x02, 0x04, 0x03,
    ]

    @Test("A peer that speaks TLS 1.2 at most is refused with the alert protocol_version")
    func oldClient() throws {
        let server = try TLSEngine(server: pki.serverContext())
        let error = #expect(throws: TLSError.self) { try server.receive(Self.tls12Hello) }
        #expect(error?.reason == .protocolVersion)
        #expect(server.takeOutput().suffix(2) == [2, 70])
    }

    @Test("A server that is told to speaks TLS 1.2, with ephemeral keys and authenticated encryption, and demands ALPN there, too")
    func tls12() throws {
        let context = try TLSContext.server(
            certificateChain: .text(pki.server.certificatePEM()), privateKey: .text(pki.server.privateKeyPEM()), oldestVersion: .tls12)
        let server = TLSEngine(server: context)
        _ = try server.receive(Self.tls12Hello)
        let hello = server.takeOutput()
        // A handshake record with a ServerHello of version 3.3; behind random and an empty session the cipher suite that was offered.
        #expect(hello.prefix(1) == [22] && hello[5] == 2 && hello[9...10] == [3, 3])
        #expect(hello[44...45] == [0xC0, 0x2B])

        // The same hello, its extension for ALPN renamed.
        var unaware = Self.tls12Hello
        let extensions = try #require(unaware.firstRange(of: [0x00, 0x10, 0x00, 0x05]))
        unaware.replaceSubrange(extensions, with: [0x7F, 0x10, 0x00, 0x05])
        let error = #expect(throws: TLSError.self) { try TLSEngine(server: context).receive(unaware) }
        #expect(error?.reason == .noApplicationProtocol)

        // And one that offers nothing but a cipher suite of the old kind, TLS_RSA_WITH_AES_128_CBC_SHA.
        var weak = Self.tls12Hello
        let suites = try #require(weak.firstRange(of: [0x00, 0x04, 0xC0, 0x2B, 0x00, 0xFF]))
        weak.replaceSubrange(suites, with: [0x00, 0x04, 0x00, 0x2F, 0x00, 0xFF])
        let refusal = #expect(throws: TLSError.self) { try TLSEngine(server: context).receive(weak) }
        #expect(refusal?.reason == .noSharedAlgorithm)
    }

    @Test(
        "An alert that ends a handshake has a name of gRFC A118",
        arguments: [
            (20, .decryptionFailed), (40, .cipherSuiteMismatch), (42, .certificateVerificationFailed), (44, .certificateRevoked),
            (45, .certificateExpired), (46, .certificateVerificationFailed), (48, .certificateAuthorityInvalid),
            (51, .signatureVerificationFailed), (70, .protocolVersionUnsupported), (80, .unknownFailure), (86, .inappropriateFallback),
            (116, .certificateVerificationFailed), (120, .noApplicationProtocol),
        ] as [(UInt8, TLSHandshakeResult)])
    func alertNames(alert: UInt8, result: TLSHandshakeResult) throws {
        let client = try TLSEngine(client: pki.clientContext(), serverName: "localhost")
        let error = #expect(throws: TLSError.self) { try client.receive([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, alert]) }
        #expect(error?.isPeerAlert == true)
        #expect(error?.handshakeResult == result, "\(error?.message ?? "")")
    }

    @Test("A key share of the wrong length is a fault of the key exchange")
    func keyShare() throws {
        let client = try TLSEngine(client: pki.clientContext(), serverName: "localhost")
        var hello = client.takeOutput()
        // Extension key_share with one X25519 key of 32 bytes (RFC 8446 section 4.2.8), shortened to 31.
        let share = try #require(hello.firstRange(of: [0x00, 0x33, 0x00, 0x26, 0x00, 0x24, 0x00, 0x1D, 0x00, 0x20]))
        hello.replaceSubrange(share, with: [0x00, 0x33, 0x00, 0x25, 0x00, 0x23, 0x00, 0x1D, 0x00, 0x1F])
        hello.remove(at: share.upperBound)
        // The lengths around it: record, handshake message, and extensions, which follow version, random, session, suites and compression.
        let session = 5 + 4 + 2 + 32
        let suites = session + 1 + Int(hello[session])
        let compression = suites + 2 + Int(hello[suites]) << 8 + Int(hello[suites + 1])
        for low in [4, 8, compression + 1 + Int(hello[compression]) + 1] {
            hello[low] &-= 1
            if hello[low] == 255 { hello[low - 1] -= 1 }
        }
        let server = try TLSEngine(server: pki.serverContext())
        let error = #expect(throws: TLSError.self) { try server.receive(hello) }
        #expect(error?.reason == .keyExchange, "\(error?.message ?? "")")
        #expect(error?.handshakeResult == .keyExchangeFailure)
    }

    @Test("A client that hears protocol_version from a server knows why")
    func oldServer() throws {
        let client = try TLSEngine(client: pki.clientContext(), serverName: "localhost")
        let error = #expect(throws: TLSError.self) { try client.receive([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46]) }
        #expect(error?.reason == .protocolVersion)
        #expect(error?.isPeerAlert == true)
    }

    @Test(
        "Bytes that are not TLS are refused as such",
        arguments: [
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
            "CONNECT a:1 HTTP/1.1\r\n\r\n",
            "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}", "~~~~~~~~~~~~~~~~~~~~~~",
        ])
    func notTLS(text: String) throws {
        let server = try TLSEngine(server: pki.serverContext())
        #expect(throws: TLSError.self) { try server.receive(Array(text.utf8)) }
        let client = try TLSEngine(client: pki.clientContext(), serverName: "localhost")
        let error = #expect(throws: TLSError.self) { try client.receive(Array(text.utf8)) }
        #expect(error?.reason == .notTLS)
        #expect(error?.isPeerAlert == false)
    }

    @Test("A server tells plain text from TLS, too, whatever the bytes")
    func serverNotTLS() throws {
        for text in ["GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"] {
            let server = try TLSEngine(server: pki.serverContext())
            let error = #expect(throws: TLSError.self) { try server.receive(Array(text.utf8)) }
            #expect(error?.reason == .notTLS, "\(text)")
        }
    }

    @Test("Random bytes, behind a good record header or not, end in an error and never in a trap")
    func randomBytes() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let context = try pki.serverContext()
        for round in 0..<300 {
            let server = TLSEngine(server: context)
            var bytes = random.bytes(Int.random(in: 64...2_000, using: &random))
            if round.isMultiple(of: 2) {
                let count = bytes.count - 5
                bytes.replaceSubrange(0..<5, with: [22, 3, 1, UInt8(count >> 8), UInt8(count & 0xFF)])
            }
            let error = #expect(throws: TLSError.self, "seed \(seed), round \(round)") {
                _ = try server.receive(bytes)
                // Random bytes may announce a longer message than they bring.
                try server.receiveEnd()
            }
            #expect(error?.reason != .internalFailure, "seed \(seed), round \(round): \(String(describing: error))")
            #expect(!server.isHandshakeComplete)
        }
    }

    @Test("A hello with any one byte changed never completes as if nothing had happened")
    func alteredHello() throws {
        let serverContext = try pki.serverContext()
        let clientContext = try pki.clientContext()
        let length = try TLSEngine(client: clientContext, serverName: "localhost").outputByteCount
        for position in 0..<length {
            let client = try TLSEngine(client: clientContext, serverName: "localhost")
            let server = TLSEngine(server: serverContext)
            var hello = client.takeOutput()
            hello[position] ^= 0x55
            let outcome = #expect(throws: TLSError.self, "byte \(position)") {
                _ = try server.receive(hello)
                _ = try client.receive(server.takeOutput())
                _ = try server.receive(client.takeOutput())
                try server.receiveEnd()
            }
            #expect(outcome?.reason != .internalFailure, "byte \(position): \(String(describing: outcome))")
        }
    }

    @Test("A record with one flipped bit is refused, and its plaintext is not delivered")
    func alteredRecord() throws {
        let pair = try EnginePair(client: pki.clientContext(), server: pki.serverContext())
        pair.run()
        try pair.client.send(Array("secret".utf8))
        var record = pair.client.takeOutput()
        record[record.count - 1] ^= 1
        let error = #expect(throws: TLSError.self) { try pair.server.receive(record) }
        #expect(error?.reason == .badRecord)
        #expect(pair.server.outputByteCount > 0, "the alert bad_record_mac")
    }

    @Test("A replayed record is refused")
    func replay() throws {
        let pair = try EnginePair(client: pki.clientContext(), server: pki.serverContext())
        pair.run()
        try pair.client.send([1])
        let record = pair.client.takeOutput()
        #expect(try pair.server.receive(record) == [1])
        let error = #expect(throws: TLSError.self) { try pair.server.receive(record) }
        #expect(error?.reason == .badRecord)
    }

    @Test("Plain text in the middle of a connection is refused as a damaged record")
    func plainTextLater() throws {
        let pair = try EnginePair(client: pki.clientContext(), server: pki.serverContext())
        pair.run()
        let error = #expect(throws: TLSError.self) { try pair.server.receive(Array("GET / HTTP/1.1\r\n\r\n".utf8)) }
        #expect(error?.reason == .badRecord)
    }

    @Test("A transport that ends without close_notify is a truncation, in the handshake and after")
    func truncation() throws {
        let pair = try EnginePair(client: pki.clientContext(), server: pki.serverContext())
        _ = try pair.server.receive(Array(pair.client.takeOutput().prefix(50)))
        #expect(throws: TLSError.self) { try pair.server.receiveEnd() }
        let open = try EnginePair(client: pki.clientContext(), server: pki.serverContext())
        open.run()
        try open.client.send([1, 2, 3])
        _ = try open.server.receive(open.client.takeOutput().dropLast())
        let error = #expect(throws: TLSError.self) { try open.server.receiveEnd() }
        #expect(error?.reason == .truncated)
    }

    @Test("A chain of certificates over the limit is refused")
    func longChain() throws {
        var chain = try pki.client.certificatePEM()
        let intermediate = try pki.foreignAuthority.certificate.pem()
        for _ in 0..<100 {
            chain += intermediate
        }
        let client = try TLSContext.client(
            roots: .text(pki.authority.certificate.pem()), certificateChain: .text(chain), privateKey: .text(pki.client.privateKeyPEM()))
        let pair = try EnginePair(client: client, server: pki.serverContext())
        pair.run()
        #expect(pair.serverError != nil)
        #expect(!pair.server.isHandshakeComplete)
    }
}
