internal import Protobuf

/// One run of the compiler.
struct CompilerSession {
    let read: (String) throws(ImportRoots.FileError) -> SourceText?
    private let table = SymbolTable()
    private var requested: Set<String> = []
    private var loaded: [String: Int] = [:]
    /// The files whose imports are being linked, outermost first: an import of one of them closes a circle.
    private var inProgress: [String] = []
    private var fileNames: [String] = []
    private var publicImports: [[Int]] = []
    private var files: [FileDescriptorProto] = []
    private var diagnostics: [Diagnostic] = []

    init(read: @escaping (String) throws(ImportRoots.FileError) -> SourceText?) { self.read = read }

    mutating func compile(_ names: [String]) -> Compiler.Result {
        requested = Set(names)
        for name in names where loaded[name] == nil {
            do throws(ImportRoots.FileError) {
                guard let source = try source(of: name) else {
                    diagnostics.append(Diagnostic("there is no such file in the import folders", path: name))
                    continue
                }
                load(name, source)
            } catch {
                diagnostics.append(Diagnostic(error.message, path: name))
            }
        }
        return Compiler.Result(files: files, diagnostics: diagnostics)
    }

    private enum Source {
        case text(SourceText)
        case builtIn(BuiltInFile)
    }

    private func source(of name: String) throws(ImportRoots.FileError) -> Source? {
        if let text = try read(name) { return .text(text) }
        return name == BuiltInFile.name ? BuiltInFile.shared.map { .builtIn($0) } : nil
    }

    /// Links a file after everything that it imports.
    private mutating func load(_ name: String, _ source: Source) {
        switch source {
        case .builtIn(let file):
            table.declare(file, index: reserveIndex(name))
            publicImports.append([])
            files.append(file.descriptor)
        case .text(let text):
            link(name, text)
        }
    }

    private mutating func reserveIndex(_ name: String) -> Int {
        let index = fileNames.count
        loaded[name] = index
        fileNames.append(name)
        return index
    }

    private mutating func link(_ name: String, _ text: SourceText) {
        inProgress.append(name)
        defer { inProgress.removeLast() }
        let (syntax, parserLog) = Parser.parse(text)
        var log = parserLog
        var imports: [(statement: ImportSyntax, index: Int)] = []
        for statement in syntax.imports {
            if let index = resolve(statement, earlier: imports.map(\.statement), &log) { imports.append((statement, index)) }
        }

        let index = reserveIndex(name)
        publicImports.append(imports.filter { $0.statement.kind == .publicly }.map(\.index))
        let visible = imports.reduce(into: Set([index])) { $0.formUnion(closure(of: $1.index)) }
        let resolver = NameResolver(table: table, visible: visible, fileNames: fileNames)
        var linker = Linker(
            file: ParsedFile(name: name, index: index, source: text, syntax: syntax, log: log), table: table, resolver: resolver)
        files.append(linker.link())
        for (statement, index) in imports where statement.kind == .plain && closure(of: index).isDisjoint(with: linker.resolver.used) {
            linker.log.warning("\"\(statement.path.text)\" is imported and not used", at: statement.path.span)
        }
        // Warnings are for those who asked for the file, not for those who import it.
        diagnostics += linker.log.inOrder.filter { $0.severity == .error || requested.contains(name) }
    }

    /// The file and all that it imports publicly.
    private func closure(of index: Int) -> Set<Int> {
        var result: Set<Int> = []
        var pending = [index]
        while let next = pending.popLast() {
            if result.insert(next).inserted { pending += publicImports[next] }
        }
        return result
    }

    /// The index of an imported file, which is linked now if it is not yet.
    private mutating func resolve(_ statement: ImportSyntax, earlier: [ImportSyntax], _ log: inout DiagnosticLog) -> Int? {
        let name = statement.path.text
        let span = statement.path.span
        if earlier.contains(where: { $0.path.text == name }) {
            log.error("\"\(name)\" is imported twice", at: span)
            return nil
        }
        if name.contains("\\") || name.hasPrefix("/")
            || name.split(separator: "/", omittingEmptySubsequences: false).contains(where: { ["", ".", ".."].contains($0) })
        {
            log.error("an import is a path below an import folder, with single slashes and without \".\" and \"..\"", at: span)
            return nil
        }
        if let start = inProgress.firstIndex(of: name) {
            let circle = (inProgress[start...] + [name]).joined(separator: " imports ")
            log.error("files cannot import each other in a circle: \(circle)", at: span)
            return nil
        }
        if let index = loaded[name] { return index }
        if inProgress.count >= Limits.importNesting {
            log.error("imports may nest \(Limits.importNesting) deep", at: span)
            return nil
        }
        do throws(ImportRoots.FileError) {
            guard let source = try source(of: name) else {
                log.error("there is no \"\(name)\" in the import folders", at: span)
                return nil
            }
            load(name, source)
            return loaded[name]
        } catch {
            log.error(error.message, at: span)
            return nil
        }
    }
}
