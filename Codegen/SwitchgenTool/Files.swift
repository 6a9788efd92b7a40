internal import Glibc

/// The disk, as far as a generator needs it.
enum Files {
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// The path without symbolic links, `.` and `..`; the path itself when there is nothing at it.
    static func realPath(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The path as one would type it here: relative when it lies below the current folder.
    static func shortened(_ path: String) -> String {
        let here = realPath(".")
        if path == here { return "." }
        return path.hasPrefix(here + "/") ? String(path.dropFirst(here.count + 1)) : path
    }

    /// The names in a folder, sorted, those that begin with a dot left out.
    static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The files below a folder, at any depth, by their paths. Folders are followed at most 64 deep, so a link cannot make a circle.
    static func all(below folder: String, withSuffix suffix: String, depth: Int = 64) -> [String] {
        guard depth > 0 else { return [] }
        return names(in: folder).flatMap { name in
            let path = folder + "/" + name
            if isFolder(path) { return all(below: path, withSuffix: suffix, depth: depth - 1) }
            return name.hasSuffix(suffix) ? [path] : []
        }
    }

    static func contents(of path: String) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        let chunkBytes = 1 << 16
        while true {
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, count in
                count = max(0, unsafe read(file, buffer.baseAddress, chunkBytes))
            }
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
    }

    static func makeFolder(_ path: String) throws(Failure) {
        if isFolder(path) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try makeFolder(String(path[..<slash])) }
        guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure("make the folder", path) }
    }

    /// Writes a file unless it has these bytes already, so that nothing that depends on it is built again for nothing. The new
    /// file takes the old one's place at once: nobody ever sees half of it.
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        if contents(of: path) == bytes { return }
        let draft = path + ".new"
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw failure("write", draft) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(file, $0.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                close(file)
                throw failure("write", draft)
            }
            written += count
        }
        close(file)
        guard unsafe rename(draft, path) == 0 else { throw failure("write", path) }
    }

    private static func failure(_ action: String, _ path: String) -> Failure {
        .failed("cannot \(action) \(path): \(unsafe String(cString: strerror(errno)))")
    }
}

/// The two streams of text.
enum Terminal {
    static func print(_ text: String) { Swift.print(text) }

    static func error(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }

}
