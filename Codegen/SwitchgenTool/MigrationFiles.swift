internal import Console

/// `switchgen migrations`: the .sql files of one module as Swift literals, which compile a hundred times as fast as embedded resources.
struct MigrationFiles {
    private let command: Command
    private let output: String

    init(_ command: Command) throws(Failure) {
        guard let output = command.output else { throw .usage("migrations needs --out FILE") }
        self.command = command
        self.output = output
    }

    func run() throws(Failure) {
        var files: [File] = []
        for path in command.inputs {
            let text: String
            do throws(FileError) {
                text = try Files.text(path)
            } catch {
                throw .failed(error.description)
            }
            files.append(try File(path: path, text: text))
        }
        files.sort { $0.number < $1.number }
        for (position, file) in files.enumerated() where file.number != position + 1 {
            let taken = files.prefix(position).last { $0.number == file.number }
            throw .failed(
                taken.map { "\($0.path) and \(file.path) have the same number; give the newer one the next that is free" }
                    ?? "\(file.path): the number should be \(position + 1): migrations are numbered from 1, without a gap")
        }
        try Files.update(output, to: Array(Self.swift(files).utf8))
    }

    struct File: Equatable {
        let path: String
        let number: Int
        let name: String
        let text: String

        /// - Parameter path: ends in `NNNN_name.sql`.
        init(path: String, text: String) throws(Failure) {
            let parts = path.split(separator: "/").last?.dropLast(".sql".utf8.count).split(separator: "_", maxSplits: 1) ?? []
            guard path.hasSuffix(".sql"), parts.count == 2, parts[0].utf8.count == 4, let number = Int(parts[0]), number > 0,
                parts[1].allSatisfy({ ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" })
            else { throw .failed("\(path): a migration's file has a name such as 0001_what_it_makes.sql") }
            guard text.contains(where: { !$0.isWhitespace }) else { throw .failed("\(path): there is nothing in it") }
            // Swift's own source takes no other control character, not even in a literal.
            guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 || "\t\r\n".unicodeScalars.contains($0) }) else {
                throw .failed("\(path): there is a control character in it")
            }
            self.path = path
            self.number = number
            self.name = String(parts[1])
            self.text = text
        }
    }

    /// The Swift source that lists the files.
    static func swift(_ files: [File]) -> String {
        var source = """
            // The .sql files of this module's folder Schema. They are what to edit, not this.
            internal import Postgres

            enum SchemaFiles {
                /// In the order of their numbers.
                static func migrations(of service: String) -> [Migration] {
                    func file(_ number: Int, _ name: String, _ sql: StaticString) -> Migration {
                        Migration(service: service, number: number, name: name, sql: sql)
                    }
                    return [

            """
        for file in files {
            let quote = String(repeating: "#", count: longestRun(of: "#", in: file.text) + 1)
            let lines = file.text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            let text = lines.map { line in String(String.UnicodeScalarView(line.filter { $0 != "\r" && $0 != "\u{FEFF}" })) }
            source += "            file(\(file.number), \"\(file.name)\", \(quote)\"\"\"\n"
            source += text.joined(separator: "\n") + "\n\"\"\"\(quote)),\n"
        }
        return source + "        ]\n    }\n}\n"
    }

    private static func longestRun(of character: Unicode.Scalar, in text: String) -> Int {
        var longest = 0
        var run = 0
        for scalar in text.unicodeScalars {
            run = scalar == character ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
