import Crypto
import TLS
import TestSupport
import Testing

@Suite("Contexts")
struct ContextTests {
    let pki = TestPKI.shared

    private func failure(_ make: () throws -> TLSContext) -> TLSError? {
        #expect(throws: TLSError.self) { try make() }
    }

    @Test("Files serve as well as bytes")
    func files() throws {
        let files = try TestPKIFiles()
        let server = try TLSContext.server(
            certificateChain: .file(files.server), privateKey: .file(files.serverKey), clientRoots: .file(files.authority))
        let client = try TLSContext.client(
            roots: .file(files.authority), certificateChain: .file(files.client), privateKey: .file(files.clientKey))
        #expect(server.certificate == pki.server.certificate)
        let pair = try EnginePair(client: client, server: server)
        pair.run()
        #expect(pair.server.peer == pki.client.certificate)
    }

    @Test("A private key of another certificate is refused, and the error names both")
    func mismatch() throws {
        let files = try TestPKIFiles()
        let error = failure { try .server(certificateChain: .file(files.server), privateKey: .file(files.clientKey)) }
        #expect(error?.reason == .keyMismatch)
        #expect(error?.message == "the server key in \(files.clientKey) does not belong to the server certificate in \(files.server)")
    }

    @Test("A file that is missing, or holds something else, is named")
    func unusableFiles() throws {
        let files = try TestPKIFiles()
        let missing = failure { try .server(certificateChain: .file("/nowhere/server.pem"), privateKey: .file(files.serverKey)) }
        #expect(missing?.reason == .unusableCredentials)
        #expect(missing?.message == "the server certificate in /nowhere/server.pem cannot be read: No such file or directory")
        let swapped = failure { try .server(certificateChain: .file(files.serverKey), privateKey: .file(files.server)) }
        #expect(swapped?.reason == .unusableCredentials)
        #expect(swapped?.message.contains(files.serverKey) == true)
        let roots = failure { try .client(roots: .bytes([])) }
        #expect(roots?.reason == .unusableCredentials)
        #expect(failure { try .client(roots: .file(files.folder)) }?.reason == .unusableCredentials)
    }

    @Test("A client's certificate without its key, or a key without its certificate, is refused")
    func half() throws {
        let files = try TestPKIFiles()
        let roots = PEMSource.file(files.authority)
        #expect(failure { try .client(roots: roots, certificateChain: .file(files.client)) }?.reason == .unusableCredentials)
        #expect(failure { try .client(roots: roots, privateKey: .file(files.clientKey)) }?.reason == .unusableCredentials)
    }

    @Test("A server presents the whole chain of its file")
    func chain() throws {
        let chain = try pki.server.certificatePEM() + pki.authority.certificate.pem()
        let server = try TLSContext.server(
            certificateChain: .text(chain), privateKey: .text(pki.server.privateKeyPEM()),
            clientRoots: .text(pki.authority.certificate.pem() + pki.foreignAuthority.certificate.pem()))
        for client in [pki.client, pki.foreignClient] {
            let pair = try EnginePair(client: pki.clientContext(client), server: server)
            pair.run()
            #expect(pair.server.peer == client.certificate)
        }
    }

    @Test("An application protocol's name has 1 to 255 bytes")
    func protocolNames() {
        for name in ["", String(repeating: "a", count: 256)] {
            #expect(throws: TLSError.self) { try pki.clientContext(alpn: [name]) }
        }
    }
}
