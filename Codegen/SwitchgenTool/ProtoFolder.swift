internal import Console

/// A folder with .proto files and the folder that their import names begin at.
struct ProtoFolder {
    /// For imports: the nearest folder called `Proto` at or above the real place of the folder, else the folder itself.
    let root: String
    /// Import names, sorted.
    let files: [String]

    init(path: String) {
        let real = Files.realPath(path)
        let root = Self.root(around: real)
        self.root = Files.shortened(root)
        files = Files.all(below: real, withSuffix: ".proto").map { String($0.dropFirst(root.count + 1)) }.sorted()
    }

    private init(root: String, files: [String]) {
        self.root = root
        self.files = files
    }

    private static func root(around folder: String) -> String {
        var candidate = folder
        while !candidate.isEmpty {
            if candidate.hasSuffix("/Proto") { return candidate }
            candidate = candidate.lastIndex(of: "/").map { String(candidate[..<$0]) } ?? ""
        }
        return folder
    }

    /// What the command line's inputs stand for.
    static func inputs(_ paths: [String], roots: [String]) throws(Failure) -> [ProtoFolder] {
        var result = roots.map { ProtoFolder(root: Files.shortened(Files.realPath($0)), files: []) }
        for path in paths {
            guard Files.exists(path) else { throw .failed("there is no \(path)") }
            let real = Files.realPath(path)
            let isFile = real.hasSuffix(".proto")
            let folder = isFile ? (real.lastIndex(of: "/").map { String(real[..<$0]) } ?? "") : real
            let around = roots.map(Files.realPath).first { folder == $0 || folder.hasPrefix($0 + "/") } ?? root(around: folder)
            let found = isFile ? [real] : Files.all(below: real, withSuffix: ".proto")
            if found.isEmpty { throw .failed("there is no .proto file in \(path)") }
            result.append(ProtoFolder(root: Files.shortened(around), files: found.map { String($0.dropFirst(around.count + 1)) }.sorted()))
        }
        return result
    }
}
