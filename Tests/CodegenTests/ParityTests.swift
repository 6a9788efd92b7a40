import Foundation
import ProtoSchema
import Protobuf
import Testing

/// protoc, which Debian's protobuf-compiler brings, judges our descriptors.
enum Protoc {
    static let path = "/usr/bin/protoc"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

    static func descriptors(_ files: [String], roots: [String]) throws -> [FileDescriptorProto] {
        let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).binpb")
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = roots.map { "-I" + $0 } + ["--include_imports", "--include_source_info", "-o", output.path] + files
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try FileDescriptorSet(decoding: Array(Data(contentsOf: output))).file
    }
}

@Suite("Parity with protoc", .enabled(if: Protoc.isInstalled, "protoc is not installed"))
struct ParityTests {
    private static let debian = URL(filePath: "/usr/include")
    private static let proto = Workspace.package.appending(path: "Proto")

    /// Folders with files, and further folders that these import from.
    private static let trees: [(folder: URL, files: [String], others: [URL])] = [
        (proto, Workspace.files(below: proto), []),
        tree("Benchmarks/Proto"),
        tree("Tests/CodegenTests/Torture"),
        (debian, Workspace.files(below: debian.appending(path: "google/protobuf")).map { "google/protobuf/" + $0 }, []),
    ]

    private static func tree(_ path: String) -> (URL, [String], [URL]) {
        let folder = Workspace.package.appending(path: path)
        return (folder, Workspace.files(below: folder), [proto])
    }

    @Test("Every descriptor is protoc's", arguments: trees)
    func descriptors(folder: URL, files: [String], others: [URL]) throws {
        try #require(!files.isEmpty)
        let roots = ([folder] + others).map(\.path)
        let result = Compiler(roots: ImportRoots(roots)).compile(files)
        #expect(result.diagnostics.filter { $0.severity == .error }.map(\.rendered) == [])
        let theirs = try Protoc.descriptors(files, roots: roots)
        let ours = Dictionary(uniqueKeysWithValues: result.files.map { ($0.name ?? "", $0) })
        #expect(ours.count == theirs.count)
        for their in theirs {
            let name = their.name ?? ""
            let our = try #require(ours[name])
            let difference = firstDifference(withoutPlaces(our), withoutPlaces(their))
            #expect(difference == nil, "\(name)")
            #expect(comments(of: our) == comments(of: their), "\(name)")
        }
    }

    private func withoutPlaces(_ file: FileDescriptorProto) -> FileDescriptorProto {
        var file = file
        file.sourceCodeInfo = nil
        return file
    }

    /// A whole descriptor is too long to read in a failure.
    private func firstDifference(_ ours: FileDescriptorProto, _ theirs: FileDescriptorProto) -> String? {
        if ours == theirs { return nil }
        for (our, their) in zip(ours.messageType, theirs.messageType) where our != their {
            for (our, their) in zip(our.field, their.field) where our != their { return "\(our)\n\(their)" }
            for (our, their) in zip(our.nestedType, their.nestedType) where our != their { return "\(our)\n\(their)" }
            return "\(our.name ?? ""): \(String(describing: our.options))\n\(String(describing: their.options))"
        }
        for (our, their) in zip(ours.enumType, theirs.enumType) where our != their { return "\(our)\n\(their)" }
        for (our, their) in zip(ours.service, theirs.service) where our != their { return "\(our)\n\(their)" }
        for (our, their) in zip(ours.extension, theirs.extension) where our != their { return "\(our)\n\(their)" }
        return "\(String(describing: ours.options))\n\(String(describing: theirs.options))"
    }

    /// The comments of declarations by their paths; those of options, reserved and extension ranges are protoc's alone.
    private func comments(of file: FileDescriptorProto) -> [[Int32]: [String]] {
        var result: [[Int32]: [String]] = [:]
        for location in file.sourceCodeInfo?.location ?? [] {
            let texts = [location.leadingComments ?? "", location.trailingComments ?? ""] + location.leadingDetachedComments
            if texts != ["", ""], Self.isDeclaration(location.path) { result[location.path] = texts }
        }
        return result
    }

    private static func isDeclaration(_ path: [Int32]) -> Bool {
        guard let first = path.first else { return true }
        if [2, 3, 12].contains(first) { return true }
        if first == 5 { return path.count == 2 || path.count == 4 && path[2] == 2 }
        if first == 6 { return path.count == 2 || path.count == 4 && path[2] == 2 }
        if first == 7 { return path.count == 2 }
        guard first == 4 else { return false }
        var rest = path.dropFirst(2)
        while rest.first == 3 { rest = rest.dropFirst(2) }
        if rest.isEmpty { return true }
        guard let step = rest.first, [2, 4, 6, 8].contains(step) else { return false }
        return rest.count == 2 || step == 4 && rest.count == 4 && rest.dropFirst(2).first == 2
    }
}

@Suite("The built-in descriptor.proto")
struct BuiltInDescriptorTests {
    @Test("It is the one in Proto/")
    func same() throws {
        let roots = ImportRoots([Workspace.package.appending(path: "Proto").path])
        let result = Compiler(roots: roots).compile(["google/protobuf/descriptor.proto"])
        var compiled = try #require(result.files.last)
        compiled.sourceCodeInfo = nil
        #expect(compiled == (try FileDescriptorProto(decoding: EmbeddedFile.descriptor.bytes)))
    }

    @Test("It can be imported when no import folder has it")
    func importable() {
        let text =
            "syntax = \"proto3\"; import \"google/protobuf/descriptor.proto\"; message M { google.protobuf.FileDescriptorSet s = 1; }"
        let result = Workspace.compile(text)
        #expect(result.diagnostics.isEmpty)
        #expect(result.files.map(\.name) == ["google/protobuf/descriptor.proto", "test.proto"])
    }
}
