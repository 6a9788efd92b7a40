import Glibc
import Testing

@testable import Platform

@Suite final class SecretFileTests {
    private let folder: String

    init() {
        var template = Array("/tmp/secret-file-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { preconditionFailure("no folder: errno \(errno)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in ["secret", "link", "pipe", "long"] { unsafe unlink("\(folder)/\(name)") }
        unsafe rmdir(folder)
    }

    private func write(_ text: String, mode: mode_t, to name: String = "secret") throws -> String {
        let path = "\(folder)/\(name)"
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        try #require(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        try #require(fchmod(descriptor, mode) == 0)
        return path
    }

    @Test("R23 · E3 · A secret is read from a file that is ours alone, also through a link", arguments: [0o600, 0o400] as [mode_t])
    func reads(mode: mode_t) throws {
        let path = try write("hunter2\nrest\n", mode: mode)
        #expect(try SecretFile.read(path) == Array("hunter2\nrest\n".utf8))
        #expect(try SecretFile.line(path) == "hunter2")
        try #require(unsafe symlink("secret", "\(folder)/link") == 0)
        #expect(try SecretFile.line("\(folder)/link") == "hunter2")
    }

    @Test(
        "R23 · E3 · A file that others may read, change or run is refused with the command that mends it",
        arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666, 0o777] as [mode_t])
    func refusesOpen(mode: mode_t) throws {
        let path = try write("hunter2", mode: mode)
        let text = "\(path) is open to others (mode 0\(String(mode, radix: 8))), and holds a secret: chmod 0600 \(path)"
        #expect(throws: SecretError.file(text)) { try SecretFile.read(path) }
    }

    @Test("R23 · A file of another user is refused, root's is not")
    func owners() throws {
        let path = try write("hunter2", mode: 0o600)
        var status = stat()
        try #require(unsafe stat(path, &status) == 0)
        status.st_uid = 1_234
        #expect(SecretFile.fault(status, path, user: 1_234) == nil)
        #expect(SecretFile.fault(status, path, user: 1_235) == "\(path) belongs to user 1234, who could change it: chown 1235 \(path)")
        status.st_uid = 0
        #expect(SecretFile.fault(status, path, user: 1_235) == nil)
    }

    @Test("E3 · systemd's credentials show its access list as a right of root's group, which no other file may have")
    func credentials() throws {
        let path = try write("hunter2", mode: 0o440)
        var status = stat()
        try #require(unsafe stat(path, &status) == 0)
        status.st_uid = 0
        status.st_gid = 0
        #expect(SecretFile.fault(status, path, isCredential: true, user: 1_235) == nil)
        #expect(SecretFile.fault(status, path, isCredential: false, user: 1_235) != nil)
        status.st_gid = 7
        #expect(SecretFile.fault(status, path, isCredential: true, user: 1_235) != nil)
    }

    @Test("What is no file, not there, empty or endless is refused, and a pipe is not waited for")
    func others() throws {
        #expect(throws: SecretError.file("\(folder) is not a regular file: a secret is not read from there.")) {
            try SecretFile.read(folder)
        }
        #expect(throws: SecretError.file("Cannot read \(folder)/none: No such file or directory.")) {
            try SecretFile.read("\(folder)/none")
        }
        try #require(unsafe mkfifo("\(folder)/pipe", 0o600) == 0)
        #expect(throws: SecretError.file("\(folder)/pipe is not a regular file: a secret is not read from there.")) {
            try SecretFile.read("\(folder)/pipe")
        }
        let empty = try write("\n", mode: 0o600)
        #expect(throws: SecretError.file("\(empty) has no password in its first line.")) { try SecretFile.line(empty) }
        let long = try write(String(repeating: "x", count: (1 << 20) + 1), mode: 0o600, to: "long")
        #expect(throws: SecretError.file("\(long) has more than 1048576 bytes: that is no secret.")) { try SecretFile.read(long) }
    }
}

struct ProcessEnvironmentTests {
    @Test(
        "E3 · R23 · A variable that holds a secret, or leads libpq to another one, is known by its name",
        arguments: [
            "PGPASSWORD", "PGPASSFILE", "PGSERVICEFILE", "DB_PASSWORD", "SMTP_PASSWD", "WEBHOOK_SECRET", "STRIPE_API_KEY", "GITHUB_TOKEN",
            "switchboard_token", "AWS_SECRET_ACCESS_KEY", "TLS_PRIVATE_KEY", "KEY_PASSPHRASE", "AWS_ACCESS_KEY_ID", "GOOGLE_CREDENTIALS",
        ])
    func secret(name: String) {
        #expect(ProcessEnvironment.isSecret(name))
    }

    @Test(
        "E3 · Others are not",
        arguments: ["PATH", "HOME", "CREDENTIALS_DIRECTORY", "PGHOST", "PGAPPNAME", "LANG", "KEYBOARD", "TOKENIZER", "SSH_AUTH_SOCK", "_"])
    func harmless(name: String) {
        #expect(!ProcessEnvironment.isSecret(name))
    }
}
