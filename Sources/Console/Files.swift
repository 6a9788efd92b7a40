public import Glibc

/// Files read and written whole: keys, tokens, certificates, configuration.
public enum Files {
    /// The bytes of a file of at most `limit` bytes.
    public static func read(_ path: String, limit: Int = 16 << 20) throws(FileError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
                guard bytes.count <= limit else { throw FileError("read", path, reason: "it has more than \(limit) bytes") }
            } else if errno != EINTR {
                throw FileError("read", path)
            }
        }
    }

    /// The text of a file in UTF-8.
    public static func text(_ path: String) throws(FileError) -> String {
        guard let text = String(validating: try read(path), as: UTF8.self) else {
            throw FileError("read", path, reason: "it is not UTF-8")
        }
        return text
    }

    /// Puts a file in place in one step: a reader sees the old one or the new one, never half of one.
    public static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(FileError) {
        let draft = path + ".new"
        unsafe unlink(draft)
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileError("write", path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw FileError("write", path)
            }
        }
        // The mode of open is cut by the umask; and a key that a power cut leaves empty would be worse than none.
        guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0, unsafe rename(draft, path) == 0 else { throw FileError("write", path) }
    }

    public static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws(FileError) {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// A folder and those above it.
    public static func makeFolder(_ path: String, mode: mode_t = 0o755) throws(FileError) {
        if isFolder(path) { return }
        if let parent = path.parentPath, !parent.isEmpty { try makeFolder(parent) }
        guard unsafe mkdir(path, mode) == 0 || errno == EEXIST, isFolder(path) else { throw FileError("make the folder", path) }
    }

    public static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    public static func isProgram(_ path: String) -> Bool {
        unsafe !isFolder(path) && access(path, X_OK) == 0
    }

    /// The first program of this name on the PATH.
    public static func program(named name: String) -> String? {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }.first(where: isProgram)
    }

    public static func names(in folder: String) -> [String] {
        guard let listing = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(listing) }
        var names: [String] = []
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file, or a folder with all that is in it. What is not there is not missed. A symbolic link is removed, not followed.
    public static func remove(_ path: String) throws(FileError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in names(in: path) { try remove("\(path)/\(name)") }
            guard unsafe rmdir(path) == 0 else { throw FileError("remove", path) }
        } else {
            guard unsafe unlink(path) == 0 else { throw FileError("remove", path) }
        }
    }

    /// Absolute and without symbolic links; nil when it is not there.
    public static func resolved(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    public static var currentFolder: String { resolved(".") ?? "." }
}

/// A file that could not be read or written.
public struct FileError: Error, CustomStringConvertible {
    public var description: String

    /// The failure of the system call that just returned.
    init(_ operation: String, _ path: String) {
        self.init(operation, path, reason: unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)")
    }

    init(_ operation: String, _ path: String, reason: String) {
        description = "Cannot \(operation) \(path): \(reason)."
    }
}

extension String {
    /// The path of the folder that this path lies in; nil at the root and for a bare name.
    public var parentPath: String? {
        guard self != "/", let slash = lastIndex(of: "/") else { return nil }
        return slash == startIndex ? "/" : String(self[..<slash])
    }

    /// This path, or the one below `folder` when it is relative.
    public func path(relativeTo folder: String) -> String {
        hasPrefix("/") ? self : "\(folder)/\(self)"
    }
}
