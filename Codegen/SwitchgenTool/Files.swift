internal import Console

/// What a generator asks of the disk beyond reading and writing.
extension Files {
    /// The path without symbolic links, `.` and `..`; the path itself when there is nothing at it.
    static func realPath(_ path: String) -> String { resolved(path) ?? path }

    /// The path as one would type it here: relative when it lies below the current folder.
    static func shortened(_ path: String) -> String {
        let here = currentFolder
        if path == here { return "." }
        return path.hasPrefix(here + "/") ? String(path.dropFirst(here.count + 1)) : path
    }

    /// The files below a folder, at any depth, by their paths. Folders are followed at most 64 deep, so a link cannot make a circle.
    static func all(below folder: String, withSuffix suffix: String, depth: Int = 64) -> [String] {
        guard depth > 0 else { return [] }
        return names(in: folder).filter { !$0.hasPrefix(".") }.flatMap { name in
            let path = folder + "/" + name
            if isFolder(path) { return all(below: path, withSuffix: suffix, depth: depth - 1) }
            return name.hasSuffix(suffix) ? [path] : []
        }
    }

    /// Writes a file unless it has these bytes already, so that nothing that depends on it is built again for nothing.
    static func update(_ path: String, to bytes: [UInt8]) throws(Failure) {
        if let old = try? read(path), old == bytes { return }
        do throws(FileError) {
            if let folder = path.parentPath { try makeFolder(folder) }
            try write(bytes, to: path)
        } catch {
            throw .failed(error.description)
        }
    }
}
