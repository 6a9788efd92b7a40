internal import Glibc

/// Where PEM text comes from.
public enum PEMSource: Sendable {
    case file(String)
    case bytes([UInt8])

    public static func text(_ text: String) -> PEMSource {
        .bytes(Array(text.utf8))
    }

    /// Blocks on the disk for a file: contexts are made at start-up and on reload, never on a loop.
    func load(as role: String) throws(TLSError) -> [UInt8] {
        switch self {
        case .bytes(let bytes): bytes
        case .file(let path): try Self.read(path, as: role)
        }
    }

    /// How an error message calls it.
    func name(as role: String) -> String {
        switch self {
        case .bytes: "the \(role)"
        case .file(let path): "the \(role) in \(path)"
        }
    }

    private static func read(_ path: String, as role: String) throws(TLSError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, as: role) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, as: role) }
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= Limits.pemFileByteCount else {
                throw TLSError(
                    .unusableCredentials, "the \(role) in \(path) is over \(Limits.pemFileByteCount) bytes, so it is no PEM file")
            }
        }
    }

    private static func unreadable(_ path: String, as role: String) -> TLSError {
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
        return TLSError(.unusableCredentials, "the \(role) in \(path) cannot be read: \(reason)")
    }
}
