/// Finds what a name means at a place of one file, by C++'s scoping: innermost scope first, a leading dot means the outermost.
struct NameResolver {
    let table: SymbolTable
    /// The file itself, what it imports, and what those import publicly.
    let visible: Set<Int>
    let fileNames: [String]
    /// The files that a name was found in.
    private(set) var used: Set<Int> = []
    private var hintsLeft = Limits.hintsPerFile
    /// The last words of all types' names, for hints: not before all of the file is declared.
    private lazy var typeNames = table.symbols.values
        .filter { $0.kind.isType && visible.contains($0.file) }
        .compactMap { $0.fullName.split(separator: ".").last.map(String.init) }

    init(table: SymbolTable, visible: Set<Int>, fileNames: [String]) {
        self.table = table
        self.visible = visible
        self.fileNames = fileNames
    }

    struct NotFound: Error {
        let message: String
    }

    /// - Parameter element: the full name of what the name is used by; the first scope searched is the one around it.
    /// - Parameter accepts: which kinds of symbols a simple name may stop at; others are looked through.
    mutating func resolve(
        _ name: String, from element: String, accepts: (SymbolTable.Kind) -> Bool = { _ in true }
    ) throws(NotFound) -> SymbolTable.Symbol {
        guard let symbol = try search(name, from: element, accepts) else { throw notFound(name, from: element) }
        used.insert(symbol.file)
        return symbol
    }

    private mutating func search(
        _ name: String, from element: String, _ accepts: (SymbolTable.Kind) -> Bool
    ) throws(NotFound) -> SymbolTable.Symbol? {
        if name.hasPrefix(".") { return find(String(name.dropFirst())) }
        let firstDot = name.firstIndex(of: ".")
        let first = String(name[..<(firstDot ?? name.endIndex)])
        var scope = element
        while let dot = scope.lastIndex(of: ".") {
            scope = String(scope[..<dot])
            guard let found = find(scope + "." + first) else { continue }
            guard let firstDot else {
                if accepts(found.kind) { return found }
                continue
            }
            guard found.kind.isScope else { continue }
            let whole = scope + "." + name
            if let symbol = find(whole) { return symbol }
            guard let meant = outer(name, around: scope) else { throw notFound(name, from: element) }
            throw NotFound(
                message: "\"\(name)\" is read as \"\(whole)\", which is not defined, since the innermost \"\(name[..<firstDot])\" counts; "
                    + "write \".\(meant.fullName)\"")
        }
        return find(name)
    }

    /// What the name would mean if the scopes up to `scope` were not there.
    private func outer(_ name: String, around scope: String) -> SymbolTable.Symbol? {
        var scope = scope
        while let dot = scope.lastIndex(of: ".") {
            scope = String(scope[..<dot])
            if let symbol = find(scope + "." + name) { return symbol }
        }
        return find(name)
    }

    private func find(_ fullName: String) -> SymbolTable.Symbol? {
        if let symbol = table.symbols[fullName] { return visible.contains(symbol.file) ? symbol : nil }
        guard let file = table.packages[fullName]?.first(where: visible.contains) else { return nil }
        return SymbolTable.Symbol(fullName: fullName, kind: .package, file: file, place: .file(fileNames[file]))
    }

    /// Says why: another file has it, or it is a slip of the pen, or it is just not there.
    private mutating func notFound(_ name: String, from element: String) -> NotFound {
        var scope = name.hasPrefix(".") ? "" : element
        let bare = name.hasPrefix(".") ? String(name.dropFirst()) : name
        while true {
            scope = scope.lastIndex(of: ".").map { String(scope[..<$0]) } ?? ""
            if let symbol = table.symbols[qualified(bare, in: scope)] {
                if visible.contains(symbol.file) { return NotFound(message: "\"\(name)\" is \(symbol.kind.withArticle), not a type") }
                return NotFound(message: "\"\(name)\" is defined in \"\(fileNames[symbol.file])\", which this file does not import")
            }
            if scope.isEmpty { break }
        }
        if let file = WellKnownFile.declaring(bare) {
            return NotFound(message: "\"\(name)\" is not defined; write: import \"\(file)\";")
        }
        guard hintsLeft > 0 else { return NotFound(message: "\"\(name)\" is not defined") }
        hintsLeft -= 1
        let last = bare.split(separator: ".").last.map(String.init) ?? bare
        let hint = Spelling.hint(for: last, among: bare == last ? typeNames + FieldType.scalars.keys : typeNames)
        return NotFound(message: "\"\(name)\" is not defined\(hint)")
    }
}
