internal import Glibc

/// The folders below which imported files are looked for, first one first.
public struct ImportRoots: Sendable {
    public let folders: [String]

    /// Folders that are named twice count once.
    public init(_ folders: [String]) {
        var seen = Set<String>()
        self.folders = folders.filter { seen.insert($0).inserted }
    }

    /// The text of the file that others import as `name`; nil when no folder has it.
    public func source(of name: String) throws(FileError) -> SourceText? {
        for folder in folders {
            let path = folder.isEmpty || folder == "." ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
            if let bytes = try Self.contents(of: path) { return SourceText(path: path, bytes: bytes) }
        }
        return nil
    }

    /// A file is there and cannot be read.
    public struct FileError: Error {
        public let message: String
    }

    private static func contents(of path: String) throws(FileError) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError(message: "\(path) cannot be opened: \(unsafe String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        let chunkBytes = 1 << 16
        while bytes.count <= Limits.fileBytes {
            var failure: Int32 = 0
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, count in
                let received = unsafe read(descriptor, buffer.baseAddress, chunkBytes)
                if received < 0 { failure = errno }
                count = max(0, received)
            }
            if failure == EINTR { continue }
            guard failure == 0 else {
                throw FileError(message: "\(path) cannot be read: \(unsafe String(cString: strerror(failure)))")
            }
            if chunk.isEmpty { break }
            bytes += chunk
        }
        return bytes
    }
}
