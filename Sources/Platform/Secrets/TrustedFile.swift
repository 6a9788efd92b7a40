internal import Glibc

/// A file that anybody may read and not everybody may change, such as one with keys that are believed.
public enum TrustedFile {
    /// What tells one version of a file from another.
    struct Stamp: Equatable {
        var bytes: Int64
        var seconds: Int
        var nanoseconds: Int
        var number: UInt64
    }

    /// The file's bytes.
    ///
    /// - Throws: `SecretError.file` unless it is a regular file that others may not write, of at most so many bytes.
    public static func read(_ path: String, atMost limit: Int) throws(SecretError) -> [UInt8] {
        try withFile(path) { (descriptor, _) throws(SecretError) in
            try bytes(of: descriptor, path, atMost: limit)
        }
    }

    /// The same, or nil when the file is the one of this stamp still.
    static func read(_ path: String, butFor known: Stamp?, atMost limit: Int) throws(SecretError) -> (bytes: [UInt8], stamp: Stamp)? {
        try withFile(path) { (descriptor, stamp) throws(SecretError) in
            stamp == known ? nil : (try bytes(of: descriptor, path, atMost: limit), stamp)
        }
    }

    private static func withFile<Result>(
        _ path: String, _ body: (Int32, Stamp) throws(SecretError) -> Result
    ) throws(SecretError) -> Result {
        // O_NONBLOCK: a pipe without a writer would be waited for.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .file("Cannot read \(path): \(reason()).") }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .file("Cannot look at \(path): \(reason()).") }
        // Of the file that was opened: its name may stand for another one by now.
        if let fault = fault(status, path) { throw .file(fault) }
        return try body(
            descriptor,
            Stamp(
                bytes: Int64(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec,
                number: UInt64(status.st_ino)))
    }

    private static func bytes(
        of descriptor: Int32, _ path: String, atMost limit: Int
    ) throws(SecretError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            var chunk = [UInt8](repeating: 0, count: 16_384)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
                guard bytes.count <= limit else { throw .file("\(path) has more than \(limit) bytes.") }
            } else if errno != EINTR {
                throw .file("Cannot read \(path): \(reason()).")
            }
        }
    }

    /// What is wrong with a file of this status; nil when it may be believed.
    static func fault(_ status: stat, _ path: String) -> String? {
        guard status.st_mode & S_IFMT == S_IFREG else { return "\(path) is not a regular file: keys are not read from there." }
        guard status.st_mode & S_IWOTH == 0 else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            return "\(path) can be changed by everybody (mode 0\(mode)), and says whose tokens are believed: chmod o-w \(path)"
        }
        return nil
    }

    private static func reason() -> String {
        unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
    }
}
