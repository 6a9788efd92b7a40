import Foundation

/// The Swift files of this package, as they lie on disk.
struct SourceTree {
    struct File {
        /// From the package's folder: `Sources/Net/Timer.swift`.
        var path: String
        var text: String
        /// The target that the file belongs to: `Net`.
        var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
        var lineCount: Int { text.utf8.count { $0 == UInt8(ascii: "\n") } }
    }

    let files: [File]

    /// All files below these folders of the package.
    init(_ folders: String...) throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        files = try folders.flatMap { folder in
            // A folder that is a link would not be entered.
            let root = package.appending(path: folder).resolvingSymlinksInPath()
            let names = FileManager.default.enumerator(atPath: root.path)
            let paths = (names?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
            return try paths.map { File(path: $0, text: try String(contentsOf: package.appending(path: $0), encoding: .utf8)) }
        }
    }

    /// Modules that a file imports, whatever stands before the word.
    static func imports(of file: File) -> [String] {
        file.text.split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /(?:@\w+(?:\(\w+\))? +|\w+ +)*?import +(?:(?:struct|class|enum|func|protocol) +)?(\w+)[.\w]*/)
                .map { String($0.output.1) }
        }
    }
}
