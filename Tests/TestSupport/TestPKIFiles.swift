internal import Crypto
internal import Glibc

/// The files of a `TestPKI` in a fresh temporary folder, for programs that read paths; gone with this object.
public final class TestPKIFiles: Sendable {
    public let folder: String

    public var authority: String { folder + "/ca.pem" }
    public var server: String { folder + "/server.pem" }
    public var serverKey: String { folder + "/server.key" }
    public var client: String { folder + "/client.pem" }
    public var clientKey: String { folder + "/client.key" }
    public var expiredClient: String { folder + "/expired-client.pem" }
    public var expiredClientKey: String { folder + "/expired-client.key" }
    public var foreignAuthority: String { folder + "/foreign-ca.pem" }
    public var foreignClient: String { folder + "/foreign-client.pem" }
    public var foreignClientKey: String { folder + "/foreign-client.key" }

    public init(_ pki: TestPKI = .shared) throws {
        folder = try Self.makeFolder()
        try Self.write(pki.authority.certificate.pem(), to: authority)
        try Self.write(pki.foreignAuthority.certificate.pem(), to: foreignAuthority)
        try Self.write(pki.server, certificate: server, key: serverKey)
        try Self.write(pki.client, certificate: client, key: clientKey)
        try Self.write(pki.expiredClient, certificate: expiredClient, key: expiredClientKey)
        try Self.write(pki.foreignClient, certificate: foreignClient, key: foreignClientKey)
    }

    deinit {
        for path in [
            authority, server, serverKey, client, clientKey, expiredClient, expiredClientKey, foreignAuthority, foreignClient,
            foreignClientKey,
        ] {
            unsafe unlink(path)
        }
        unsafe rmdir(folder)
    }

    private static func makeFolder() throws -> String {
        var template = Array("/tmp/switchboard-pki-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw FileFailure(path: "/tmp", code: errno) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func write(_ certifiedKey: CertifiedKey, certificate: String, key: String) throws {
        try write(certifiedKey.certificatePEM(), to: certificate)
        try write(certifiedKey.privateKeyPEM(), to: key)
    }

    private static func write(_ text: String, to path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure(path: path, code: errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw FileFailure(path: path, code: errno) }
    }

    private struct FileFailure: Error, CustomStringConvertible {
        let path: String
        let code: Int32

        var description: String { "\(path) could not be written (errno \(code))" }
    }
}
