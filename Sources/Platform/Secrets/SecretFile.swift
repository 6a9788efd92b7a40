internal import Glibc

/// A file that holds a secret: nobody but us and root may read it.
public enum SecretFile {
    /// Where systemd puts a service's credentials (systemd.exec(5), LoadCredential=).
    public static var credentialFolder: String? {
        unsafe getenv("CREDENTIALS_DIRECTORY").map { unsafe String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }

    /// The file's bytes.
    ///
    /// - Throws: `SecretError.file` unless it is a regular file of ours or of root's, and without any right of others (mode 0600 or 0400).
    public static func read(_ path: String) throws(SecretError) -> [UInt8] {
        // O_NONBLOCK: a pipe without a writer would be waited for.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .file("Cannot read \(path): \(reason()).") }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .file("Cannot look at \(path): \(reason()).") }
        // Of the file that was opened: its name may stand for another one by now.
        let isCredential = credentialFolder.map { path.hasPrefix("\($0)/") } ?? false
        if let fault = fault(status, path, isCredential: isCredential) { throw .file(fault) }
        var bytes: [UInt8] = []
        while true {
            var chunk = [UInt8](repeating: 0, count: 16_384)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
                guard bytes.count <= Limits.secretFileBytes else {
                    throw .file("\(path) has more than \(Limits.secretFileBytes) bytes: that is no secret.")
                }
            } else if errno != EINTR {
                throw .file("Cannot read \(path): \(reason()).")
            }
        }
    }

    /// The first line, without its end: how passwords are kept.
    public static func line(_ path: String) throws(SecretError) -> String {
        let bytes = try read(path).prefix { $0 != UInt8(ascii: "\n") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .file("\(path) is not UTF-8.") }
        guard !text.isEmpty else { throw .file("\(path) has no password in its first line.") }
        return text
    }

    /// A ring of keys from its file.
    public static func keyRing(_ path: String) throws(SecretError) -> KeyRingText {
        guard let text = String(validating: try read(path), as: UTF8.self) else { throw .file("\(path) is not UTF-8.") }
        do {
            return try KeyRingText(parsing: text)
        } catch {
            throw .keyRing("\(path): \(error)")
        }
    }

    /// What is wrong with a file of this status; nil when it may hold a secret.
    static func fault(_ status: stat, _ path: String, isCredential: Bool = false, user: uid_t = geteuid()) -> String? {
        guard status.st_mode & S_IFMT == S_IFREG else { return "\(path) is not a regular file: a secret is not read from there." }
        guard status.st_uid == user || status.st_uid == 0 else {
            return "\(path) belongs to user \(status.st_uid), who could change it: chown \(user) \(path)"
        }
        // systemd lets the service read root's file by an access list, whose mask shows as the group's right.
        let allowed: mode_t = isCredential && status.st_uid == 0 && status.st_gid == 0 ? 0o040 : 0
        let others = status.st_mode & 0o077 & ~allowed
        guard others == 0 else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            return "\(path) is open to others (mode 0\(mode)), and holds a secret: chmod 0600 \(path)"
        }
        return nil
    }

    private static func reason() -> String {
        unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
    }
}
